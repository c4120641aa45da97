import { Type } from "@sinclair/typebox"
import { Value } from "@sinclair/typebox/value"
import type { Client } from "./client"
import { type Diagnostic, readDiagnostics } from "./diagnostic"
import type { Document } from "./document"
import { request } from "./request"

/** How often a server may say that it has to begin again. */
const MAX_TRIES = 3
/** Codes of the protocol by which it says so: the server has cancelled, or something has changed meanwhile. */
const AGAIN = new Set([-32802, -32801])

const Report = Type.Object({ items: Type.Array(Type.Unknown()) })

/** Asks a server for the problems of a document; without those that it does not tell until `signal`. Throws its error. */
export async function pulledDiagnostics(
  client: Client,
  document: Document,
  signal: AbortSignal,
): Promise<Diagnostic[]> {
  const identifiers = [...client.capabilities.pulls.values()]
  const reports = identifiers.map((identifier) => pull(client, { document, identifier, signal }))
  return (await Promise.all(reports)).flat()
}

async function pull(
  client: Client,
  { document, identifier, signal }: { document: Document; identifier: string | undefined; signal: AbortSignal },
): Promise<Diagnostic[]> {
  const params = { textDocument: { uri: document.uri }, ...(identifier !== undefined && { identifier }) }
  for (let tries = 1; ; tries++) {
    try {
      const report = await request(client, "textDocument/diagnostic", params, signal)
      return Value.Check(Report, report) ? readDiagnostics(report.items) : []
    } catch (error) {
      const again = error instanceof Error && "code" in error && AGAIN.has(Number(error.code))
      if (!again || tries === MAX_TRIES || signal.aborted) throw error
    }
  }
}
