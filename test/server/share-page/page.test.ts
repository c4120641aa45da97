import { expect, test } from "bun:test"
import { faultsOf, textsOf } from "../../helper/markup"
import { script } from "../../helper/script"
import { addTurn, shared } from "../../helper/shared"

test("lets nothing run or load but its own, stays out of search engines, and does not tell where a link was followed", async () => {
  await using it = await shared()
  const { headers, body } = await it.page()
  const policy = Object.fromEntries(
    (headers.get("content-security-policy") ?? "").split("; ").map((each) => each.split(/ (.*)/s) as [string, string]),
  )
  const hash = (text: string) => `'sha256-${new Bun.CryptoHasher("sha256").update(text).digest("base64")}'`
  const [own = ""] = /(?<=<script>).*(?=<\/script>)/s.exec(body) ?? []
  const [style = ""] = /(?<=<style>).*(?=<\/style>)/s.exec(body) ?? []
  expect(own).toContain("EventSource")
  expect(policy).toEqual({
    "default-src": "'none'",
    "script-src": hash(own),
    "style-src": hash(style),
    "img-src": "data:",
    "connect-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
    sandbox: "allow-scripts allow-popups allow-popups-to-escape-sandbox",
  })
  expect(headers.get("referrer-policy")).toBe("no-referrer")
  expect(headers.get("x-robots-tag")).toBe("noindex, nofollow")
  expect(headers.get("x-content-type-options")).toBe("nosniff")
  expect(headers.get("cache-control")).toBe("no-store")
  expect(`${style}${own}`).not.toMatch(/https?:|\burl\(|@import|\beval\b/)
  const missing = (await it.call("GET", "/share/none")).headers
  for (const name of ["content-security-policy", "referrer-policy", "x-robots-tag"])
    expect(missing.get(name)).toBe(headers.get(name))
})

test("shows the conversation with its calls and changes", async () => {
  await using it = await shared({ files: { "a.txt": "one\ntwo\n" } })
  await it.call(
    "POST",
    `/session/${it.id}/message`,
    script(
      [
        { reasoning: "I must *think*." },
        { tool: "edit", input: { filePath: "a.txt", oldString: "two", newString: "three" } },
        { tool: "bash", input: { command: "echo out; exit 3" } },
        { tool: "todowrite", input: { todos: [{ content: "Ship it", status: "pending", priority: "high" }] } },
        { tool: "read", input: { filePath: "missing.txt" } },
      ],
      "All **done**.",
    ),
  )
  const { body } = await it.page()
  expect(faultsOf(body)).toEqual(["<style>", "<script>"])
  expect(textsOf(body, "h1")).toEqual(["Shared"])
  expect(textsOf(body, ".assistant strong")).toEqual(["done"])
  expect(textsOf(body, ".reasoning em")).toEqual(["think"])
  expect(textsOf(body, ".tool b")).toEqual(["edit", "bash", "todowrite", "read"])
  expect(textsOf(body, ".tool .removed")).toEqual(["-two"])
  expect(textsOf(body, ".tool .added")).toEqual(["+three"])
  expect(textsOf(body, ".command")).toEqual(["echo out; exit 3"])
  expect(textsOf(body, ".todos li")).toEqual(["☐ Ship it"])
  expect(textsOf(body, ".tool .error").join()).toContain("missing.txt")
  expect(textsOf(body, ".changes .added")).toEqual(["+three"])
  expect(textsOf(body, "#head p").join()).toContain("1 file changed")
})

test("takes whatever a session holds for text", async () => {
  const evil = `</script></style></title><script>alert(1)</script><img src=x onerror=alert(1)>"'><b onclick=x>`
  await using it = await shared({}, evil)
  const time = { start: 1, end: 2 }
  const metadata = { output: evil, diff: `--- ${evil}\n+++ ${evil}\n@@ -1 +1 @@\n-${evil}\n+${evil}\n` }
  const input = { [evil]: evil, filePath: evil }
  const file = { type: "file", filename: evil }
  await addTurn(it, evil, [
    { type: "text", text: `${evil}\n\n# ${evil}\n\n\`\`\`${evil}\n${evil}\n\`\`\`\n[${evil}](javascript:alert(1))` },
    { type: "reasoning", text: evil, time: { start: 1 } },
    { ...file, mime: "image/png", url: `data:image/png;base64,AAAA" onload="alert(1)` },
    { ...file, mime: "image/svg+xml", url: "data:image/svg+xml;base64,AAAA" },
    { ...file, mime: evil, url: "javascript:alert(1)" },
    { type: "agent", name: evil },
    { type: "subtask", agent: evil, description: evil, prompt: evil },
    {
      type: "retry",
      attempt: 1,
      error: { name: "APIError", data: { message: evil, isRetryable: true } },
      time: { created: 1 },
    },
    {
      type: "tool",
      callID: "1",
      tool: evil,
      state: { status: "completed", input, output: evil, title: evil, metadata: {}, time },
    },
    {
      type: "tool",
      callID: "2",
      tool: "edit",
      state: { status: "completed", input, output: evil, title: evil, metadata, time },
    },
    {
      type: "tool",
      callID: "3",
      tool: "bash",
      state: { status: "running", input: { command: evil }, metadata, time },
    },
    {
      type: "tool",
      callID: "4",
      tool: "task",
      state: { status: "error", input: { prompt: evil }, error: evil, time },
    },
    {
      type: "tool",
      callID: "5",
      tool: "todowrite",
      state: { status: "pending", input: { todos: [{ content: evil, status: evil, priority: evil }] }, raw: evil },
    },
  ])
  const { body } = await it.page()
  expect(faultsOf(body)).toEqual(["<style>", "<script>"])
  expect(textsOf(body, "script")).toHaveLength(1)
  expect(textsOf(body, "h1")).toHaveLength(1)
  expect(body).toContain(`<title>${Bun.escapeHTML(evil)}</title>`)
})

test("shows nothing of the directory, of other sessions, or of what is not for people", async () => {
  await using it = await shared({
    config: { username: "a-user-name", provider: { x: { options: { apiKey: "sk-123" } } } },
  })
  const other = (await it.call("POST", "/session", { title: "Another matter" })).body.id
  await it.call("POST", `/session/${other}/message`, script("Something private."))
  const { user } = await addTurn(it, "Hello", [{ type: "text", text: "Hi" }])
  const ids = { sessionID: it.id, messageID: user }
  await it.app.store.commit([
    {
      put: "part",
      data: { ...ids, id: "prt_1", type: "text", text: "file contents for the model", synthetic: true },
    },
  ])
  const { body } = await it.page()
  for (const hidden of [
    it.directory,
    "Another matter",
    "private",
    "for the model",
    "sk-123",
    "a-user-name",
    other,
    it.link,
  ])
    expect(body).not.toContain(hidden)
  expect(textsOf(body, ".part")).toEqual(["Hello", "Hi"])
})

test("leaves out what is reverted", async () => {
  await using it = await shared()
  const first = await addTurn(it, "First", [{ type: "text", text: "One" }])
  const second = await addTurn(it, "Second", [{ type: "text", text: "Two" }])
  await it.call("POST", `/session/${it.id}/revert`, { messageID: second.user })
  expect(textsOf((await it.page()).body, ".part")).toEqual(["First", "One"])
  await it.call("POST", `/session/${it.id}/revert`, { messageID: first.user })
  expect(textsOf((await it.page()).body, ".part")).toEqual([])
  await it.call("POST", `/session/${it.id}/unrevert`)
  expect(textsOf((await it.page()).body, ".part")).toEqual(["First", "One", "Second", "Two"])
})

test("of a long conversation leads to its beginning", async () => {
  await using it = await shared()
  for (let turn = 0; turn < 101; turn++) await addTurn(it, `Prompt ${turn}`)
  const newest = (await it.page()).body
  expect(textsOf(newest, ".user")).toHaveLength(100)
  expect(textsOf(newest, ".user").at(0)).toBe("Prompt 1")
  const [, earlier = ""] = /<a href="(\?before=[^"]+)">Earlier/.exec(newest) ?? []
  const oldest = (await it.call("GET", `${it.path}${earlier}`)).body
  expect(textsOf(oldest, ".user")).toEqual(["Prompt 0"])
  expect(oldest).not.toContain("data-live=")
  expect(newest).toContain("data-live=")
})
