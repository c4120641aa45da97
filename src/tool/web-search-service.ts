import { Type } from "@sinclair/typebox"
import { Value } from "@sinclair/typebox/value"
import { errorMessage } from "../base/error"
import { limitedText } from "../base/limited-text"

/** Milliseconds. */
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

/**
 * Asks a search service that takes one JSON-RPC call of the MCP protocol without a session before it. Answers the text of the
 * results, empty when there are none; throws with a message for the model when the service does not answer as it should.
 */
export async function searchWeb(
  endpoint: string,
  { args, userAgent, signal }: { args: object; userAgent: string; signal: AbortSignal },
): Promise<string> {
  const limit = AbortSignal.timeout(TIMEOUT)
  let response: Response
  try {
    response = await fetch(endpoint, {
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
    return readAnswer(await limitedText(response, MAX_ANSWER, "its answer is too long"))
  } catch (error) {
    signal.throwIfAborted()
    const reason = limit.aborted ? `no answer within ${TIMEOUT / 1000} seconds` : errorMessage(error)
    throw new Error(`The web search service did not answer: ${reason}`, { cause: error })
  }
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
