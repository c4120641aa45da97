import type { LanguageModelV4, LanguageModelV4CallOptions } from "@ai-sdk/provider"

/** The whole text of one model call, for calls whose stream nobody watches. Throws what the vendor reports as an error. */
export async function streamText(model: LanguageModelV4, options: LanguageModelV4CallOptions): Promise<string> {
  const { stream } = await model.doStream(options)
  let text = ""
  for await (const part of stream) {
    if (part.type === "text-delta") text += part.delta
    if (part.type === "error") throw part.error
  }
  return text
}
