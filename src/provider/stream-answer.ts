/** Whether a request to a vendor asks for its answer as a stream. */
export const asksForStream = (init: RequestInit | undefined): boolean =>
  typeof init?.body === "string" && /"stream":\s*true/.test(init.body)

/**
 * The answer to a request for a stream, where the vendor says that all is well. Gateways send their login page so, and some
 * vendors their errors: these become what they are, as the packages would only miss the end of the stream. Throws for a
 * web page.
 */
export async function streamAnswer(response: Response): Promise<Response> {
  const type = response.headers.get("content-type") ?? ""
  if (/^text\/html\b/i.test(type)) {
    await response.body?.cancel()
    throw new Error("The provider answered with a web page instead of a model's answer: look at its base URL")
  }
  if (!/^application\/json\b/i.test(type)) return response
  const text = await response.text()
  const status = errorStatus(text)
  return new Response(text, { status: status ?? response.status, headers: response.headers })
}

/** The status that an error object stands for; undefined when the text is none. */
function errorStatus(text: string): number | undefined {
  try {
    const { error } = JSON.parse(text)
    if (!error) return undefined
    return Number.isInteger(error.code) && error.code >= 400 && error.code <= 599 ? error.code : 400
  } catch {
    return undefined // A stream under another name.
  }
}
