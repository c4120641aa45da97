import { Type } from "@sinclair/typebox"
import { htmlToMarkdown, htmlToText } from "./html"
import { defineTool, type ToolResult } from "./tool"
import { getPage, type WebAnswer } from "./web-request"
import description from "./webfetch.txt" with { type: "text" }

const MAX_BYTES = 5 * 1024 * 1024
/** Seconds. */
const DEFAULT_TIMEOUT = 30
const MAX_TIMEOUT = 120

const ACCEPT = {
  markdown: "text/markdown, text/html;q=0.8, text/plain;q=0.7, */*;q=0.2",
  text: "text/plain, text/markdown;q=0.9, text/html;q=0.8, */*;q=0.2",
  html: "text/html;q=1.0, application/xhtml+xml;q=0.9, text/plain;q=0.8, */*;q=0.1",
}
type Format = keyof typeof ACCEPT

export const webfetchTool = defineTool({
  id: "webfetch",
  description,
  parameters: Type.Object({
    url: Type.String({ description: "What to fetch: an http:// or https:// URL" }),
    format: Type.Optional(
      Type.Union([Type.Literal("text"), Type.Literal("markdown"), Type.Literal("html")], {
        description: "What a web page is turned into; markdown when left out",
        default: "markdown",
      }),
    ),
    timeout: Type.Optional(Type.Number({ description: "Seconds to wait, 120 at most; 30 when left out" })),
  }),
  async execute({ url, format = "markdown", timeout }, { instance, signal, ask }) {
    if (!/^https?:\/\//i.test(url)) throw new Error("URL must start with http:// or https://")
    if (!URL.canParse(url)) throw new Error(`Not a valid URL: ${url}`)
    await ask({ permission: "webfetch", patterns: [url], always: ["*"], metadata: { url, format, timeout } })

    const seconds = Math.min(timeout && timeout > 0 ? timeout : DEFAULT_TIMEOUT, MAX_TIMEOUT)
    const limit = AbortSignal.timeout(seconds * 1000)
    try {
      const answer = await getPage(url, {
        headers: {
          accept: ACCEPT[format],
          "accept-language": "en-US,en;q=0.9",
          "user-agent": `Mozilla/5.0 (compatible; opencode/${instance.app.version})`,
        },
        signal: AbortSignal.any([signal, limit]),
        maxBytes: MAX_BYTES,
        env: instance.app.env,
      })
      return await present(url, format, answer)
    } catch (error) {
      if (limit.aborted && !signal.aborted)
        throw new Error(`No answer within ${seconds} seconds (GET ${url})`, { cause: error })
      throw error
    }
  },
})

async function present(asked: string, format: Format, { url, headers, body }: WebAnswer): Promise<ToolResult> {
  const type = headers.get("content-type") ?? ""
  const mime = type.split(";")[0]?.trim().toLowerCase() ?? ""
  const title = `${asked} (${type})`
  if (/^image\//.test(mime) && mime !== "image/svg+xml") {
    const attachment = { mime, url: `data:${mime};base64,${Buffer.from(body).toString("base64")}` }
    return { title, output: "Image fetched successfully", metadata: {}, attachments: [attachment] }
  }
  const text = decode(body, type)
  if (text.slice(0, 8000).includes("\0")) throw new Error(`Not a text: ${asked} is ${mime || "binary"}`)
  const isPage = mime === "text/html" || mime === "application/xhtml+xml"
  return { title, output: isPage ? await convert(text, format, url) : text, metadata: {} }
}

async function convert(html: string, format: Format, url: string) {
  if (format === "html") return html
  return format === "text" ? htmlToText(html) : htmlToMarkdown(html, url)
}

function decode(body: Uint8Array, type: string) {
  const start = new TextDecoder("latin1").decode(body.subarray(0, 1024))
  const charset = /charset=["']?([\w-]+)/i.exec(type)?.[1] ?? /<meta[^>]+charset=["']?([\w-]+)/i.exec(start)?.[1]
  return decoderOf(charset).decode(body)
}

function decoderOf(charset: string | undefined) {
  try {
    return new TextDecoder(charset as ConstructorParameters<typeof TextDecoder>[0])
  } catch {
    // A name that no standard knows: most pages are UTF-8 whatever they say.
    return new TextDecoder()
  }
}
