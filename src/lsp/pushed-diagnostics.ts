import { fileURLToPath } from "node:url"
import { Type } from "@sinclair/typebox"
import { Value } from "@sinclair/typebox/value"
import { contains } from "../base/path"
import { projectTop } from "../config/programs"
import { publish } from "../instance/event"
import type { Client } from "./client"
import { type Diagnostic, readDiagnostics } from "./diagnostic"
import type { Document } from "./document"

/** Milliseconds to wait for a server that sends problems by itself; and for one that mostly has nothing to say. */
export const MAX_PATIENCE = 3000
const MIN_PATIENCE = 250
/** Milliseconds without news after which a server has said what it has to say: many send syntax first, then types. */
const QUIET = 150

const Published = Type.Object({
  uri: Type.String(),
  version: Type.Optional(Type.Union([Type.Integer(), Type.Null()])),
  diagnostics: Type.Array(Type.Unknown()),
})

/** Takes what a server sends about files by itself. Publishes `lsp.client.diagnostics` for files of the project. */
export function receiveDiagnostics(client: Client): void {
  const { instance, server, documents, connection } = client
  connection.rpc.onNotification("textDocument/publishDiagnostics", (params: unknown) => {
    if (!Value.Check(Published, params)) return
    const path = filePath(params.uri)
    if (path === undefined || !contains(projectTop(instance), path)) return
    const document = documents.get(path)
    // About a former text: the one about this text follows.
    if (document && params.version != null && params.version < document.version) return
    if (document) {
      document.pushed = readDiagnostics(params.diagnostics)
      for (const listener of document.listeners) listener()
    }
    publish(instance, "lsp.client.diagnostics", { serverID: server.id, path })
  })
}

/**
 * What a server sends by itself about the present text of a document, once it has fallen silent. Nothing when it sends nothing
 * until `signal`; a server that repeatedly has nothing to say is waited for less and less.
 */
export async function pushedDiagnostics(
  client: Client,
  document: Document,
  signal: AbortSignal,
): Promise<Diagnostic[] | undefined> {
  if (document.pushed || signal.aborted) return document.pushed
  const heard = Promise.withResolvers<void>()
  let timer = setTimeout(heard.resolve, client.patience)
  const listener = () => {
    clearTimeout(timer)
    timer = setTimeout(heard.resolve, QUIET)
  }
  const abort = () => heard.resolve()
  document.listeners.add(listener)
  signal.addEventListener("abort", abort, { once: true })
  await heard.promise
  clearTimeout(timer)
  document.listeners.delete(listener)
  signal.removeEventListener("abort", abort)
  client.patience = document.pushed ? MAX_PATIENCE : Math.max(MIN_PATIENCE, client.patience / 2)
  return document.pushed
}

/** The path that a URI of the protocol means; undefined for what is no file. */
export function filePath(uri: string): string | undefined {
  try {
    return fileURLToPath(uri)
  } catch {
    return undefined
  }
}
