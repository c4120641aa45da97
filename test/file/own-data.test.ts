import { expect, test } from "bun:test"
import { join } from "node:path"
import { git, makeRepository } from "../helper/git-template"
import { script } from "../helper/script"
import { type TestServer, testServer } from "../helper/server"

const SECRET = "sk-of-the-user-1234567890"
const AUTH = ".local/share/opencode/auth.json"

/** A server whose user works in the home directory, where our own data is. */
async function atHome() {
  const it = await testServer({ config: { username: "somebody" } })
  const home = join(it.root, "home")
  await it.call("PUT", "/auth/groq", { type: "api", key: SECRET })
  expect(await Bun.file(join(home, AUTH)).text()).toContain(SECRET)
  await Bun.write(join(home, "notes.txt"), "nothing but sk-notes")
  return { it, home, query: `directory=${encodeURIComponent(home)}` }
}

const inHome = { "x-opencode-directory": "" }
const get = async (it: TestServer, path: string) => JSON.stringify((await it.call("GET", path, undefined, inHome)).body)

test("searching in the home directory finds nothing in our data", async () => {
  const { it, query } = await atHome()
  await using _ = it
  expect(await get(it, `/find?pattern=sk-&${query}`)).toContain("notes.txt")
  expect(await get(it, `/find?pattern=sk-&${query}`)).not.toContain(SECRET)
  expect(await get(it, `/find/file?query=auth.json&${query}`)).toBe("[]")
  expect((await it.call("GET", `/file/content?path=${AUTH}&${query}`)).status).toBe(400)
})

test("our data is no directory to search, list or read", async () => {
  const { it, home } = await atHome()
  await using _ = it
  const query = `directory=${encodeURIComponent(join(home, ".local/share/opencode"))}`
  for (const path of ["/find?pattern=sk-", "/find/file?query=a"]) expect(await get(it, `${path}&${query}`)).toBe("[]")
  for (const path of ["/file?path=.", "/file/content?path=auth.json", "/file/content?path=server.db"])
    expect((await it.call("GET", `${path}&${query}`)).status).toBe(400)
})

test("a home directory in git shows no change in our data", async () => {
  const { it, home, query } = await atHome()
  await using _ = it
  await makeRepository(home)
  expect(git(home, "status", "--porcelain", "--untracked-files=all")).not.toContain("share/opencode")
  for (const path of ["/vcs/diff?mode=git", "/file/status?"])
    expect(await get(it, `${path}&${query}`)).not.toContain("share/opencode")
})

test("tools find nothing in our data, and ask before they read it", async () => {
  const { it, query } = await atHome()
  await using _ = it
  const { id } = (await it.call("POST", `/session?${query}`, {})).body
  const search = [
    { tool: "grep", input: { pattern: "sk-" } },
    { tool: "grep", input: { pattern: "sk-", include: "*.json" } },
    { tool: "glob", input: { pattern: "**/*.json" } },
  ]
  // The stored key would make its provider the default one.
  const model = { providerID: "demo", modelID: "script" }
  const prompt = { model, ...script(search, [{ tool: "read", input: { filePath: AUTH } }]) }
  const answer = it.call("POST", `/session/${id}/message`, prompt)
  const { properties } = await it.waitFor("permission.asked")
  expect(properties).toMatchObject({ permission: "external_directory" })
  await it.call("POST", `/permission/${properties.id}/reply?${query}`, { reply: "reject" })
  await answer
  const messages = JSON.stringify((await it.call("GET", `/session/${id}/message`)).body)
  expect(messages).toContain("notes.txt")
  expect(messages).not.toContain(SECRET)
  expect(messages).not.toContain("opencode/auth.json:")
})
