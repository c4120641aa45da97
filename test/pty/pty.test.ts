import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import { join } from "node:path"
import { type TestServer, testServer } from "../helper/server"
import { openSocket } from "../helper/socket"

const TICKET = { "x-opencode-ticket": "1" }
let it: TestServer
beforeAll(async () => {
  it = await testServer({
    git: false,
    env: { SHELL: "/bin/sh", OPENCODE_SERVER_PASSWORD: "hidden", OPENCODE_AUTH_CONTENT: "hidden" },
  })
})
afterAll(() => it[Symbol.asyncDispose]())

/** Opens a terminal with a script in it. */
async function open(script: string, server = it) {
  const { body, status } = await server.call("POST", "/pty", { command: "sh", args: ["-c", script] })
  expect(status).toBe(200)
  return { id: body.id as string, path: `/pty/${body.id}`, url: `${server.url}/pty/${body.id}/connect` }
}

const control = (cursor: number) => ({ binary: `\0{"cursor":${cursor}}` })
const hasControl = ({ frames }: { frames: object[] }) => frames.some((frame) => "binary" in frame)
const running = (pid: number) => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

describe("terminals", () => {
  test("are opened, listed, renamed, resized and closed, and each is told by an event", async () => {
    const { body: pty } = await it.call("POST", "/pty", { title: "Mine", command: "sh", args: ["-c", "sleep 60"] })
    expect(pty).toMatchObject({ title: "Mine", command: "sh", cwd: it.directory, status: "running" })
    expect(pty.args).toEqual(["-c", "sleep 60", "-l"])
    expect(running(pty.pid)).toBe(true)
    expect((await it.call("GET", "/pty")).body).toEqual([pty])
    const { body: renamed } = await it.call("PUT", `/pty/${pty.id}`, { title: "Other", size: { rows: 5, cols: 9 } })
    expect(renamed).toEqual({ ...pty, title: "Other" })
    expect((await it.call("GET", `/pty/${pty.id}`)).body).toEqual(renamed)
    expect(await it.call("DELETE", `/pty/${pty.id}`)).toMatchObject({ status: 200, body: true })
    expect(running(pty.pid)).toBe(false)
    for (const method of ["GET", "PUT", "DELETE"])
      expect(await it.call(method, `/pty/${pty.id}`, method === "PUT" ? {} : undefined)).toMatchObject({
        status: 404,
        body: { _tag: "PtyNotFoundError", ptyID: pty.id, message: `PTY session not found: ${pty.id}` },
      })
    const told = it.events.filter(({ type }) => type.startsWith("pty."))
    expect(told.map(({ type, properties }) => ({ type, properties }))).toEqual([
      { type: "pty.created", properties: { info: pty } },
      { type: "pty.updated", properties: { info: renamed } },
      { type: "pty.deleted", properties: { id: pty.id } },
    ] as never)
  })

  test("without a program run the user's login shell, in a terminal that knows colours and none of the server's secrets", async () => {
    const { body } = await it.call("POST", "/pty", { env: { MINE: "yes" } })
    expect(body).toMatchObject({ command: "/bin/sh", args: ["-l"], title: `Terminal ${body.id.slice(-4)}` })
    const socket = openSocket(`${it.url}/pty/${body.id}/connect`)
    socket.send('echo "<$TERM|$MINE|$OPENCODE_SERVER_PASSWORD|$OPENCODE_AUTH_CONTENT|$PWD>"; exit 4\n')
    expect(await socket.closed).toBe(1000)
    expect(socket.text()).toContain(`<xterm-256color|yes|||${it.directory}>`)
    expect(await it.waitFor((event) => event.type === "pty.exited" && event.properties.id === body.id)).toMatchObject({
      properties: { exitCode: 4 },
    })
  })

  test("begin in the nearest directory that exists", async () => {
    const missing = join(it.root, "no", "such")
    const { body } = await it.call("POST", "/pty", { command: "sh", args: ["-c", "pwd; read x"], cwd: missing })
    expect(body.cwd).toBe(missing)
    const socket = openSocket(`${it.url}/pty/${body.id}/connect`)
    await socket.until(({ text }) => text.includes(`${it.root}\r\n`))
    await it.call("DELETE", `/pty/${body.id}`)
  })

  test("a script that is named does not get the flag of a login shell", async () => {
    const { body } = await it.call("POST", "/pty", { command: "sh", args: ["run.sh"] })
    expect(body.args).toEqual(["run.sh"])
    expect((await it.call("POST", "/pty", { command: "sh", args: ["-e"] })).body.args).toEqual(["-e", "-l"])
  })

  test("tell what is wrong with a request", async () => {
    expect((await it.call("POST", "/pty", { command: "/no/such/program" })).body).toMatchObject({
      name: "BadRequest",
      data: { message: expect.stringContaining("Cannot start /no/such/program") },
    })
    expect((await it.call("POST", "/pty", { command: "sh", args: ["a\0b"] })).status).toBe(400)
    const { path } = await open("sleep 60")
    for (const size of [{ rows: 0, cols: 1 }, { rows: 1, cols: 70000 }, { rows: 1 }, { rows: 1.5, cols: 1 }])
      expect((await it.call("PUT", path, { size })).status).toBe(400)
    expect((await it.call("GET", "/pty/nope")).body.data.message).toContain('Expected a string starting with "pty"')
  })

  test("of another directory are not seen", async () => {
    const { path } = await open("sleep 60")
    const other = await it.makeDirectory("other", { git: false })
    const query = `?directory=${encodeURIComponent(other)}`
    expect((await it.call("GET", `/pty${query}`)).body).toEqual([])
    expect((await it.call("GET", path + query)).status).toBe(404)
    expect((await it.call("GET", `${path}/connect${query}`)).status).toBe(404)
  })

  test("shells are those of the system that exist", async () => {
    const { body } = await it.call("GET", "/pty/shells")
    expect(body).toContainEqual({ path: "/bin/sh", name: "sh", acceptable: true })
  })
})

describe("a socket", () => {
  test("replays from its cursor, then is live, until the program ends", async () => {
    const { id, path, url } = await open('stty -echo; echo ready; read x; echo "got:$x"; read y; exit 3')
    const first = openSocket(url)
    await first.until(({ frames, text }) => hasControl({ frames }) && text.includes("ready"))
    first.send('{"json": 1}\n')
    await first.until(({ text }) => text.endsWith('got:{"json": 1}\r\n'))
    const end = first.text().length
    const second = openSocket(`${url}?cursor=2`)
    const third = openSocket(`${url}?cursor=-1`)
    const fourth = openSocket(`${url}?cursor=999999`)
    await Promise.all([second, third, fourth].map((each) => each.until(hasControl)))
    expect(second.frames()).toEqual([{ text: 'ady\r\ngot:{"json": 1}\r\n' }, control(end)])
    expect([third.frames(), fourth.frames()]).toEqual([[control(end)], [control(end)]])
    third.send(new TextEncoder().encode("bye\n"))
    expect(await Promise.all([first, second, third, fourth].map((each) => each.closed))).toEqual([
      1000, 1000, 1000, 1000,
    ])
    expect((await it.waitFor((event) => event.type === "pty.exited" && event.properties.id === id)).properties).toEqual(
      { id, exitCode: 3 },
    )
    expect((await it.call("GET", path)).status).toBe(404)
    expect(await openSocket(url).closed).not.toBe(1000)
  })

  test("counts positions as its client does, and does not part characters", async () => {
    const { url, path } = await open("printf 'a\\360\\237'; sleep 0.05; printf '\\230\\200b'; read x")
    const socket = openSocket(url)
    await socket.until(({ text }) => text.endsWith("b"))
    expect(socket.text()).toBe("a😀b")
    const late = openSocket(`${url}?cursor=3`)
    await late.until(hasControl)
    expect(late.frames()).toEqual([{ text: "b" }, control(4)])
    await it.call("DELETE", path)
    expect(await late.closed).toBe(1000)
  })

  test("gets the newest part of what a program has printed long before", async () => {
    const { url, path } = await open("stty -echo; echo ready; read x; seq 1 400000; echo done; read x")
    const live = openSocket(url)
    await live.until(({ text }) => text.includes("ready"))
    live.send("\n")
    await live.until(({ text }) => text.endsWith("done\r\n"))
    expect(live.text().length).toBeGreaterThan(3_000_000)
    const late = openSocket(url)
    await late.until(hasControl)
    expect(late.text().length).toBeGreaterThan(2_000_000)
    expect(late.text().length).toBeLessThan(2_200_000)
    expect(live.text()).toEndWith(late.text())
    expect(late.frames().at(-1)).toEqual(control(live.text().length))
    await it.call("DELETE", path)
  })

  test("a program that does not read loses the client that keeps typing", async () => {
    const { url, path } = await open("stty raw -echo; echo ready; sleep 60")
    const socket = openSocket(url)
    await socket.until(({ text }) => text.includes("ready"))
    for (let sent = 0; sent < 20; sent++) socket.send("x".repeat(100_000))
    expect(await socket.closed).toBe(1013)
    await it.call("DELETE", path)
  })

  test("is asked for: a plain request is refused, so is a cursor that is no position", async () => {
    const { path } = await open("sleep 60")
    expect(await it.call("GET", `${path}/connect`)).toMatchObject({ status: 400, body: undefined })
    expect((await it.call("GET", `${path}/connect?cursor=x`)).body.data).toMatchObject({ kind: "Query" })
    expect(await it.call("GET", "/pty/pty_x/connect")).toMatchObject({ status: 404, body: undefined })
  })

  test("of a page of a foreign origin is refused", async () => {
    const { url, path } = await open("sleep 60")
    expect(await openSocket(url, { origin: "https://evil.example" }).closed).not.toBe(1000)
    const own = openSocket(url, { origin: it.url })
    await own.until(hasControl)
    expect(
      (await it.call("POST", `${path}/connect-token`, undefined, { ...TICKET, origin: "https://evil.example" })).status,
    ).toBe(403)
  })
})

describe("tickets", () => {
  test("open one connection without the password, to their terminal only, for a minute", async () => {
    let time = 1_000_000
    await using it = await testServer({ git: false, password: "secret", now: () => time })
    const login = { authorization: `Basic ${btoa("opencode:secret")}` }
    const create = async () =>
      (await it.call("POST", "/pty", { command: "sh", args: ["-c", "echo hi; read x"] }, login)).body.id as string
    const one = await create()
    const two = await create()
    const ticket = async (directory = "") =>
      (await it.call("POST", `/pty/${one}/connect-token${directory}`, undefined, { ...login, ...TICKET })).body
        .ticket as string
    const dial = (id: string, query: string) => openSocket(`${it.url}/pty/${id}/connect?${query}`)
    const isRefused = async (id: string, query: string) =>
      (await dial(id, query).closed) !== 1000 && (await it.call("GET", `/pty/${id}/connect?${query}`)).status

    expect(await it.call("POST", `/pty/${one}/connect-token`, undefined, login)).toMatchObject({
      status: 403,
      body: { _tag: "PtyForbiddenError", message: "Invalid PTY connect token request" },
    })
    const answer = await it.call("POST", `/pty/${one}/connect-token`, undefined, { ...login, ...TICKET })
    expect(answer.body).toEqual({ ticket: expect.any(String), expires_in: 60 })

    const socket = dial(one, `ticket=${answer.body.ticket}`)
    await socket.until(hasControl)
    expect(await isRefused(one, `ticket=${answer.body.ticket}`)).toBe(403)
    expect(await isRefused(one, "ticket=bogus")).toBe(403)
    expect(await isRefused(one, "cursor=0")).toBe(401)
    expect(await isRefused(two, `ticket=${await ticket()}`)).toBe(403)
    expect(await isRefused(one, `ticket=${await ticket()}&directory=/tmp`)).toBe(403)
    await dial(one, `auth_token=${btoa("opencode:secret")}`).until(hasControl)
    const old = await ticket()
    const fresh = await ticket()
    time += 59_000
    await dial(one, `ticket=${fresh}`).until(hasControl)
    time += 1_000
    expect(await isRefused(one, `ticket=${old}`)).toBe(403)
    // A ticket that is refused opens nothing, not even the directory it names.
    expect([...it.app.instances.keys()]).toEqual([it.directory])
  })
})

test("terminals end with their instance", async () => {
  await using it = await testServer({ git: false })
  const { body } = await it.call("POST", "/pty", {
    command: "sh",
    args: ["-c", "trap '' HUP; while :; do sleep 1; done"],
  })
  const socket = openSocket(`${it.url}/pty/${body.id}/connect`)
  await socket.until(hasControl)
  await it.call("POST", "/instance/dispose")
  expect(await socket.closed).toBe(1000)
  expect(running(body.pid)).toBe(false)
  const types = it.events.map(({ type }) => type)
  expect(types.indexOf("pty.deleted")).toBeGreaterThan(0)
  expect(types.indexOf("server.instance.disposed")).toBeGreaterThan(types.indexOf("pty.deleted"))
  expect(types).not.toContain("pty.exited")
})
