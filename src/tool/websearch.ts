import { Type } from "@sinclair/typebox"
import { Value } from "@sinclair/typebox/value"
import { errorMessage } from "../base/error"
import { defineTool } from "./tool"
import description from "./websearch.txt" with { type: "text" }

/** A search service that answers one JSON-RPC call of the MCP protocol without a session before it. */
const ENDPOINT = "https://mcp.exa.ai/mcp"
const TIMEOUT = 25_000
const MAX_ANSWER = 2 * 1024 * 1024

const Answer = Type.Object({
  result: Type.Optional(
    Type.Object({
      isError: Type.Optional(Type.Boolean()),
      content: Type.Array(Type.Object({ type: Type.String(), text: Type.Optional(Type.String()) })),
    }),
  ),
  error: Type.Optional(Type.Object({ message: Type.String() })),
})

export const websearchTool = defineTool({
  id: "websearch",
  description,
  parameters: Type.Object({
    query: Type.String({ description: "What to look for" }),
    numResults: Type.Optional(Type.Number({ description: "How many results; 8 when left out" })),
    livecrawl: Type.Optional(
      Type.Union([Type.Literal("fallback"), Type.Literal("preferred")], {
        description:
          "fallback (default): visit pages that are not in the index; preferred: visit all for the newest text",
      }),
    ),
    type: Type.Optional(
      Type.Union([Type.Literal("auto"), Type.Literal("fast"), Type.Literal("deep")], {
        description: "auto (default), fast, or deep for a thorough search",
      }),
    ),
    contextMaxCharacters: Type.Optional(
      Type.Number({ description: "How many characters all results may have together; 10000 when left out" }),
    ),
  }),
  async execute(args, { instance, signal, ask }) {
    const { query, numResults = 8, livecrawl = "fallback", type = "auto", contextMaxCharacters } = args
    await ask({ permission: "websearch", patterns: [query], always: ["*"], metadata: { ...args } })
    const found = await search(
      {
        query,
        numResults,
        livecrawl,
        type,
        ...(contextMaxCharacters !== undefined && { contextMaxCharacters }),
      },
      `opencode/${instance.app.version}`,
      signal,
    )
    const output = found || "Nothing was found. Try other words."
    return { title: `Web search: ${query}`, output, metadata: {} }
  },
})

async function search(args: object, userAgent: string, signal: AbortSignal): Promise<string> {
  const limit = AbortSignal.timeout(TIMEOUT)
  let response: Response
  try {
    response = await fetch(ENDPOINT, {
      method: "POST",
      headers: {
        accept: "application/json, text/event-stream",
        "content-type": "application/json",
        "user-agent": userAgent,
      },
      body: JSON.stringify({
        jsonrpc: "2.0",
        id: 1,
        method: "tools/call",
        params: { name: "web_search_exa", arguments: args },
      }),
      redirect: "error",
      signal: AbortSignal.any([signal, limit]),
    })
    if (!response.ok) throw new Error(`status ${response.status}`)
    return readAnswer(await limitedText(response))
  } catch (error) {
    signal.throwIfAborted()
    const reason = limit.aborted ? `no answer within ${TIMEOUT / 1000} seconds` : errorMessage(error)
    throw new Error(`The web search service did not answer: ${reason}`, { cause: error })
  }
}

async function limitedText(response: Response) {
  const decoder = new TextDecoder()
  let text = ""
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true })
    if (text.length > MAX_ANSWER) throw new Error("its answer is too long")
  }
  return text + decoder.decode()
}

/** The texts of the result, which comes as JSON or as the one event of a stream. */
function readAnswer(text: string): string {
  const line = text.split("\n").find((each) => each.startsWith("data:"))
  const answer: unknown = JSON.parse(line ? line.slice(5) : text)
  if (!Value.Check(Answer, answer)) throw new Error("its answer has another form than expected")
  if (answer.error) throw new Error(answer.error.message)
  const output = (answer.result?.content ?? []).map((part) => part.text ?? "").join("\n\n")
  if (answer.result?.isError) throw new Error(output)
  return output.trim()
}
