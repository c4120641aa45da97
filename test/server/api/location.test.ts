import { expect, test } from "bun:test"
import { join } from "node:path"
import { testServer } from "../../helper/server"

const within = (directory: string) => `location[directory]=${encodeURIComponent(directory)}`

test("a location says the directory and its project", async () => {
  await using it = await testServer({ files: { "src/a.ts": "" } })
  const project = (await it.call("GET", "/project/current")).body
  const own = { directory: it.directory, project: { id: project.id, directory: it.directory } }
  expect((await it.call("GET", "/api/location")).body).toEqual(own)
  const src = join(it.directory, "src")
  expect((await it.call("GET", `/api/location?${within(src)}`)).body).toEqual({ ...own, directory: src })
  const other = await it.makeDirectory("other", { git: false })
  expect((await it.call("GET", `/api/location?${within(other)}`)).body).toEqual({
    directory: other,
    project: { id: "global", directory: "/" },
  })
})

test("who has no password is told in JSON", async () => {
  await using it = await testServer({ git: false, password: "secret" })
  const answer = await it.call("GET", "/api/health")
  expect(answer.status).toBe(401)
  expect(answer.body).toEqual({ _tag: "UnauthorizedError", message: expect.stringContaining("password") })
  expect(answer.headers.get("www-authenticate")).toBe('Basic realm="Secure Area"')
  const allowed = await it.call("GET", "/api/health", undefined, { authorization: `Basic ${btoa("opencode:secret")}` })
  expect(allowed.body).toEqual({ healthy: true })
})

test("a bad request is told with a tag and in words", async () => {
  await using it = await testServer({ git: false })
  const answer = await it.call("GET", "/api/location?location=x")
  expect(answer.status).toBe(400)
  expect(answer.body).toMatchObject({ _tag: "InvalidRequestError", kind: "Query" })
  expect(answer.body.message).toContain("location")
})

test("references are the directories that the configuration names, from where the naming file is", async () => {
  await using it = await testServer({
    config: { reference: { own: "~/notes", far: { path: "../far", description: "Far away", hidden: true } } },
    files: {
      "opencode.json": JSON.stringify({
        references: { docs: "./docs", library: "owner/name", git: { repository: "https://example.com/a" } },
      }),
    },
  })
  const { body } = await it.call("GET", "/api/reference")
  const home = join(it.root, "home")
  const far = join(home, ".config", "far")
  const docs = join(it.directory, "docs")
  expect(body.data).toEqual([
    { name: "own", path: join(home, "notes"), source: { type: "local", path: join(home, "notes") } },
    {
      name: "far",
      path: far,
      description: "Far away",
      hidden: true,
      source: { type: "local", path: far, description: "Far away", hidden: true },
    },
    { name: "docs", path: docs, source: { type: "local", path: docs } },
  ])
})
