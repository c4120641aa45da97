import { expect, test } from "bun:test"
import { searchWeb } from "../../src/tool/web-search-service"

const result = (text: string, more: object = {}) => ({
  jsonrpc: "2.0",
  id: 1,
  result: { content: [{ type: "text", text }], ...more },
})

async function search(
  answer: (request: Request) => Response | Promise<Response>,
  signal = new AbortController().signal,
) {
  await using server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: answer })
  const options = { args: { query: "bun" }, userAgent: "me", signal }
  return await searchWeb(`http://127.0.0.1:${server.port}/mcp`, options)
}

test("sends one call and reads the answer as JSON or as an event", async () => {
  let sent: unknown
  const json = await search(async (request) => {
    sent = await request.json()
    return Response.json(result("Found\n"))
  })
  expect(json).toBe("Found")
  expect(sent).toEqual({
    jsonrpc: "2.0",
    id: 1,
    method: "tools/call",
    params: { name: "web_search_exa", arguments: { query: "bun" } },
  })
  const events = `event: message\ndata: ${JSON.stringify(result("Streamed"))}\n\n`
  expect(await search(() => new Response(events))).toBe("Streamed")
  expect(await search(() => Response.json({ result: { content: [] } }))).toBe("")
})

test.each([
  ["a status", () => new Response("", { status: 429 }), "status 429"],
  ["an error", () => Response.json({ error: { message: "no quota" } }), "no quota"],
  ["a failed call", () => Response.json(result("bad query", { isError: true })), "bad query"],
  ["another form", () => Response.json({ result: 5 }), "its answer has another form than expected"],
  ["no JSON", () => new Response("<html>"), "JSON"],
  ["a flood", () => new Response("x".repeat(3 * 1024 * 1024)), "its answer is too long"],
])("%s is an error that says so", async (_, answer, reason) => {
  await expect(search(answer)).rejects.toThrow(new RegExp(`^The web search service did not answer: .*${reason}`))
})

test("an abort ends the wait", async () => {
  const abort = new AbortController()
  const searching = search(() => {
    abort.abort(new Error("stopped"))
    return new Promise<Response>(() => {})
  }, abort.signal)
  await expect(searching).rejects.toThrow("stopped")
})
