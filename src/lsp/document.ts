import { readFile, stat } from "node:fs/promises"
import { pathToFileURL } from "node:url"
import type { Client } from "./client"
import type { Diagnostic } from "./diagnostic"
import { languageOf } from "./language"

/** Documents that a server keeps in mind at a time. */
const MAX_DOCUMENTS = 32
/** Bytes of the largest file that is told to servers. */
const MAX_SIZE = 2 * 1024 * 1024

/** A file whose content the server has from us. */
export interface Document {
  uri: string
  version: number
  /** Of the content that the server has. */
  hash: bigint | number
  stamp: string
  /** What the server has sent by itself about this version. */
  pushed?: Diagnostic[]
  /** Called when it sends something. */
  listeners: Set<() => void>
}

/**
 * Brings the server's copy of a file up to date, and those of the other files that it has in mind: other programs change
 * files too. `saved`: the change is one to run what the server runs when a file is saved. Answers undefined for a file that
 * is gone or too large.
 */
export function syncDocument(
  client: Client,
  file: string,
  { saved = false }: { saved?: boolean } = {},
): Promise<Document | undefined> {
  return client.lock(async () => {
    const others = [...client.documents.keys()].filter((each) => each !== file)
    await Promise.all(others.map((each) => update(client, each)))
    const document = await update(client, file)
    if (!document) return undefined
    client.documents.delete(file)
    client.documents.set(file, document)
    for (const oldest of client.documents.keys()) {
      if (client.documents.size <= MAX_DOCUMENTS) break
      await closeDocument(client, oldest)
    }
    if (saved && client.capabilities.save) await tellSaved(client, file, document)
    return document
  })
}

async function update(client: Client, file: string): Promise<Document | undefined> {
  const { documents, connection } = client
  const known = documents.get(file)
  const found = await stat(file).catch(() => undefined)
  if (!found?.isFile() || found.size > MAX_SIZE) {
    await closeDocument(client, file)
    return undefined
  }
  const stamp = `${found.mtimeMs} ${found.size} ${found.ino}`
  if (known?.stamp === stamp) return known
  const text = new TextDecoder().decode(await readFile(file))
  const hash = Bun.hash(text)
  if (known?.hash === hash) return Object.assign(known, { stamp })
  if (known) {
    Object.assign(known, { stamp, hash, version: known.version + 1 })
    delete known.pushed
    await connection.rpc.sendNotification("textDocument/didChange", {
      textDocument: { uri: known.uri, version: known.version },
      contentChanges: [{ text }],
    })
    return known
  }
  const document: Document = { uri: pathToFileURL(file).href, version: 1, hash, stamp, listeners: new Set() }
  documents.set(file, document)
  await connection.rpc.sendNotification("textDocument/didOpen", {
    textDocument: { uri: document.uri, languageId: languageOf(file), version: 1, text },
  })
  return document
}

/** Makes the server forget a file. Nothing happens when it does not know it. */
export async function closeDocument({ documents, connection }: Client, file: string): Promise<void> {
  const known = documents.get(file)
  if (!known) return
  documents.delete(file)
  await connection.rpc.sendNotification("textDocument/didClose", { textDocument: { uri: known.uri } })
}

async function tellSaved({ connection, capabilities }: Client, file: string, { uri }: Document): Promise<void> {
  const text = capabilities.saveText ? { text: new TextDecoder().decode(await readFile(file)) } : {}
  await connection.rpc.sendNotification("textDocument/didSave", { textDocument: { uri }, ...text })
}
