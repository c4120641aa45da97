/** The text of an answer that may never end: `tooLong` is thrown once it has more characters, and the rest is not read. */
export async function limitedText(response: Response, limit: number, tooLong: string): Promise<string> {
  const decoder = new TextDecoder()
  let text = ""
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true })
    if (text.length > limit) throw new Error(tooLong)
  }
  return text + decoder.decode()
}
