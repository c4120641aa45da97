import { type Static, Type } from "@sinclair/typebox"
import { Value } from "@sinclair/typebox/value"

const mimeType = Type.Optional(Type.String())
const Text = Type.Object({ type: Type.Literal("text"), text: Type.String() })
const Media = Type.Object({
  type: Type.Union([Type.Literal("image"), Type.Literal("audio")]),
  data: Type.String(),
  mimeType: Type.String(),
})
const Link = Type.Object({
  type: Type.Literal("resource_link"),
  uri: Type.String(),
  name: Type.String(),
  description: Type.Optional(Type.String()),
})
const TextContents = Type.Object({ uri: Type.String(), mimeType, text: Type.String() })
const BlobContents = Type.Object({ uri: Type.String(), mimeType, blob: Type.String() })
const Contents = Type.Union([TextContents, BlobContents])
const Embedded = Type.Object({ type: Type.Literal("resource"), resource: Contents })

/** What a server has answered, as far as it can be shown to a model. */
export interface Content {
  texts: string[]
  /** `url` is a `data:` URL. */
  files: { mime: string; url: string; filename?: string }[]
}

/** Sorts the blocks of a tool's result or a prompt. What models cannot look at is named in a text. */
export function readContent(blocks: unknown[]): Content {
  const content: Content = { texts: [], files: [] }
  for (const block of blocks) {
    if (Value.Check(Text, block)) content.texts.push(block.text)
    else if (Value.Check(Media, block)) addFile(content, block.mimeType, block.data)
    else if (Value.Check(Link, block)) content.texts.push(linkText(block))
    else if (Value.Check(Embedded, block)) addContents(content, block.resource)
    else content.texts.push("[content of an unknown kind]")
  }
  return content
}

/** Sorts what was read from a resource. */
export function readContents(items: unknown[]): Content {
  const content: Content = { texts: [], files: [] }
  for (const item of items) {
    if (Value.Check(Contents, item)) addContents(content, item)
    else content.texts.push("[content of an unknown kind]")
  }
  return content
}

function addContents(content: Content, contents: Static<typeof Contents>) {
  if ("text" in contents) content.texts.push(contents.text)
  else addFile(content, contents.mimeType ?? "application/octet-stream", contents.blob, contents.uri.split("/").at(-1))
}

/** What vendors take at all; whether this model does is known when it is sent. Anything else would spoil the session for good. */
const SHOWN = /^(image\/(png|jpeg|gif|webp)|application\/pdf|(audio|video)\/[\w.+-]+)$/
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/
/** `%PDF-` in base64. */
const PDF_HEAD = "JVBERi"

function addFile(content: Content, mime: string, data: string, filename?: string) {
  const isPDF = mime === "application/pdf"
  const base64 = data.replace(/\s/g, "")
  if (SHOWN.test(mime) && BASE64.test(base64) && (!isPDF || base64.startsWith(PDF_HEAD)))
    content.files.push({ mime, url: `data:${mime};base64,${base64}`, ...(filename && { filename }) })
  else content.texts.push(`[content that cannot be shown: ${mime.slice(0, 100)}]`)
}

const linkText = ({ uri, name, description }: Static<typeof Link>) =>
  [uri, name, description].filter(Boolean).join(" - ")
