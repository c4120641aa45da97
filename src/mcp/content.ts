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

/** What a resource holds: text, or other bytes in base64. */
export type ResourceContents = Static<typeof Contents>

/** What a server has answered, as far as it can be shown to a model. */
export interface Content {
  texts: string[]
  /** `url` is a `data:` URL. */
  files: { mime: string; url: string; filename?: string }[]
}

/** Sorts the blocks of a tool's result or a prompt. A kind that is not known is named in a text. */
export function readContent(blocks: unknown[]): Content {
  const content: Content = { texts: [], files: [] }
  for (const block of blocks) {
    if (Value.Check(Text, block)) content.texts.push(block.text)
    else if (Value.Check(Media, block)) content.files.push(dataFile(block.mimeType, block.data))
    else if (Value.Check(Link, block))
      content.texts.push([block.uri, block.name, block.description].filter(Boolean).join(" - "))
    else if (Value.Check(Embedded, block)) addContents(content, block.resource)
    else content.texts.push("[content of a kind that cannot be shown]")
  }
  return content
}

/** Sorts what was read from a resource. What is neither is left out. */
export function readContents(items: unknown[]): Content {
  const content: Content = { texts: [], files: [] }
  for (const item of items) if (Value.Check(Contents, item)) addContents(content, item)
  return content
}

function addContents(content: Content, contents: ResourceContents) {
  if ("text" in contents) content.texts.push(contents.text)
  else
    content.files.push({
      ...dataFile(contents.mimeType ?? "application/octet-stream", contents.blob),
      filename: contents.uri.split("/").at(-1) || contents.uri,
    })
}

const dataFile = (mime: string, base64: string) => ({ mime, url: `data:${mime};base64,${base64}` })
