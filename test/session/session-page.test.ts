import { describe, expect, test } from "bun:test"
import { type TestServer, testServer } from "../helper/server"

/** Follows the headers from page to page and answers the titles of each. */
async function walk(it: TestServer, path: string): Promise<string[][]> {
  const pages: string[][] = []
  for (let next: string | undefined = path; next !== undefined; ) {
    const { body, headers } = await it.call("GET", next)
    pages.push(body.map(({ title }: { title: string }) => title))
    const link: string | undefined = /^<http:\/\/[^/]+(.*)>; rel="next"$/.exec(headers.get("link") ?? "")?.[1]
    expect(headers.has("x-next-cursor")).toBe(link !== undefined)
    next = link
  }
  return pages
}

/** Sessions with these times of their last update, by title. */
async function sessionsAt(times: Record<string, number>) {
  let now = 0
  const it = await testServer({ now: () => now, git: false })
  for (const [title, time] of Object.entries(times)) {
    now = time
    await it.call("POST", "/session", { title })
  }
  return it
}

describe.each(["/session", "/experimental/session"])("GET %s", (path) => {
  test("leads from page to page, and skips or repeats none of one time", async () => {
    await using it = await sessionsAt({ a: 10, b: 20, c: 20, d: 20, e: 20, f: 30, g: 40 })
    const all = (await it.call("GET", path)).body.map(({ title }: { title: string }) => title)
    expect(all.join("")).toBe("gfedcba")
    for (const limit of [1, 2, 3, 4, 6]) {
      const pages = await walk(it, `${path}?limit=${limit}`)
      expect(pages.flat()).toEqual(all)
      expect(pages.map((page) => page.length)).toEqual([
        ...Array<number>(Math.floor(7 / limit)).fill(limit),
        ...(7 % limit === 0 ? [] : [7 % limit]),
      ])
    }
    expect(await walk(it, `${path}?limit=7`)).toEqual([all])
    expect(await walk(it, `${path}?limit=0`)).toEqual([[]])
  })

  test("keeps to what is asked for on every page", async () => {
    await using it = await sessionsAt({ "Fix one": 10, Other: 20, "fix two": 20, "FIX three": 20, "Fix four": 30 })
    const child = (await it.call("POST", "/session", { title: "fix child", parentID: "ses_none" })).body
    expect(child.parentID).toBe("ses_none")
    const pages = await walk(it, `${path}?limit=1&roots=true&start=15&search=fix`)
    expect(pages).toEqual([["Fix four"], ["FIX three"], ["fix two"]])
  })

  test("goes on after what is gone or was changed meanwhile", async () => {
    await using it = await sessionsAt({ a: 10, b: 10, c: 10, d: 10 })
    const first = await it.call("GET", `${path}?limit=2`)
    const [d, c] = first.body
    await it.call("DELETE", `/session/${c.id}`)
    await it.call("PATCH", `/session/${d.id}`, { title: "changed" })
    const link = /^<http:\/\/[^/]+(.*)>/.exec(first.headers.get("link") ?? "")?.[1] ?? ""
    expect((await it.call("GET", link)).body.map(({ title }: { title: string }) => title)).toEqual(["b", "a"])
  })

  test("refuses a cursor that is none", async () => {
    await using it = await testServer({ git: false })
    const parameter = path === "/session" ? "before" : "cursor"
    for (const cursor of ["abc", "NaN", "-5", "e30", "5,x' or 1=1"])
      expect(await it.call("GET", `${path}?${parameter}=${encodeURIComponent(cursor)}`)).toMatchObject({
        status: 400,
        body: { name: "BadRequest", data: { message: expect.stringContaining(cursor) } },
      })
  })
})

test("the cursor over all projects is the number that clients know, unless sessions of one time are parted", async () => {
  await using it = await sessionsAt({ a: 10, b: 20, c: 20, d: 30 })
  const cursor = async (query: string) =>
    (await it.call("GET", `/experimental/session?${query}`)).headers.get("x-next-cursor")
  expect(await cursor("limit=1")).toBe("30")
  expect(await cursor("limit=2")).toMatch(/^20,ses_/)
  expect(await cursor("limit=3")).toBe("20")
  expect(await cursor("limit=3&cursor=30")).toBeNull()
  const titles = async (query: string) =>
    (await it.call("GET", `/experimental/session?${query}`)).body.map(({ title }: { title: string }) => title).join("")
  expect(await titles("cursor=20")).toBe("a")
  expect(await titles("cursor=")).toBe("dcba")
})

test("archived sessions are hidden where they are not wanted", async () => {
  await using it = await sessionsAt({ a: 10, b: 20 })
  const [b] = (await it.call("GET", "/session")).body
  await it.call("PATCH", `/session/${b.id}`, { time: { archived: 50 } })
  const titles = async (path: string) =>
    (await it.call("GET", path)).body.map(({ title }: { title: string }) => title).join("")
  expect(await titles("/session")).toBe("ba")
  expect(await titles("/session?archived=true")).toBe("ba")
  expect(await titles("/session?archived=false")).toBe("a")
  expect(await titles("/experimental/session")).toBe("a")
  expect(await titles("/experimental/session?archived=true")).toBe("ba")
})

test("a long list leads to its end", async () => {
  await using it = await testServer({ git: false })
  const { body } = await it.call("POST", "/session", { title: "One" })
  const many = Array.from({ length: 5000 }, (_, index) => ({
    put: "session" as const,
    data: { ...body, id: `ses_${String(index).padStart(6, "0")}`, time: { created: 5, updated: 5 } },
  }))
  await it.app.store.commit(many)
  const pages = await walk(it, "/session?limit=1000")
  expect(pages.flat()).toHaveLength(5001)
})
