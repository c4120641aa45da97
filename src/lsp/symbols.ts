import { whenAborted } from "../base/abort"
import { contains } from "../base/path"
import { cleanValue, firstProblem } from "../base/schema-problem"
import { projectTop } from "../config/programs"
import type { Instance } from "../instance/instance"
import { WorkspaceSymbol } from "../schema/file"
import type { Client } from "./client"
import { syncDocument } from "./document"
import { clientsFor } from "./pool"
import { filePath } from "./pushed-diagnostics"
import { request } from "./request"
import { findSampleFiles } from "./sample-file"
import { languageServers } from "./server-list"

/** Milliseconds that a search may take, with the start of servers that do not run yet. */
const TIMEOUT = 10_000
const MAX_SYMBOLS = 50

/**
 * Symbols of the project by name, as its language servers find them, fifty at most: servers for whose language there is a
 * file are started for that. What does not come within ten seconds is left out. Empty when language servers are off.
 */
export async function findSymbols(
  instance: Instance,
  { query, signal }: { query: string; signal: AbortSignal },
): Promise<WorkspaceSymbol[]> {
  const servers = await languageServers(instance)
  if (servers.length === 0) return []
  const until = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT)])
  const ended = whenAborted(until)
  const samples = await findSampleFiles(instance.directory, servers)
  const asked = new Set<Client>()
  const found = samples.map(async (sample) => {
    const all = (await clientsFor(instance, sample)).map(async (starting) => {
      const client = await Promise.race([starting, ended])
      if (!client?.capabilities.symbols || asked.has(client)) return []
      asked.add(client)
      return askSymbols(client, { query, sample }, until)
    })
    return (await Promise.all(all)).flat()
  })
  return (await Promise.all(found)).flat().slice(0, MAX_SYMBOLS)
}

async function askSymbols(
  client: Client,
  { query, sample }: { query: string; sample: string },
  signal: AbortSignal,
): Promise<WorkspaceSymbol[]> {
  const { instance, server, root, connection } = client
  try {
    // Some servers look at nothing before a file is open.
    await syncDocument(client, sample)
    const answer = await request(client, "workspace/symbol", { query }, AbortSignal.any([signal, connection.gone]))
    if (!Array.isArray(answer)) return []
    return answer.flatMap((item) => {
      if (firstProblem(WorkspaceSymbol, item)) return []
      const symbol = cleanValue(WorkspaceSymbol, item) as WorkspaceSymbol
      const path = filePath(symbol.location.uri)
      return path !== undefined && contains(projectTop(instance), path) ? [symbol] : []
    })
  } catch (error) {
    instance.app.log.warn("A language server could not search symbols", { server: server.id, root, error })
    return []
  }
}
