import { relative } from "node:path"
import { whenAborted } from "../base/abort"
import { contains, realPath } from "../base/path"
import { projectTop } from "../config/programs"
import type { Instance } from "../instance/instance"
import type { LSPStatus } from "../schema/lsp"
import type { Client } from "./client"
import type { Diagnostic } from "./diagnostic"
import { closeDocument, syncDocument } from "./document"
import { clientsFor, listSlots } from "./pool"
import { pulledDiagnostics } from "./pulled-diagnostics"
import { pushedDiagnostics } from "./pushed-diagnostics"
import { languageServers } from "./server-list"
import { type FileChange, tellChanges } from "./watch"

/** Milliseconds that an edit waits for problems, the start of a server included. */
const WAIT = 5000
/** Files of one change whose problems are asked for. */
const MAX_FILES = 16

/** The servers that run or have failed; `root` is relative to the instance's directory. */
export async function lspStatus(instance: Instance): Promise<LSPStatus[]> {
  return (await listSlots(instance)).flatMap(({ server: { id }, root, client, failed }) =>
    client || failed
      ? [{ id, name: id, root: relative(instance.directory, root), status: client ? "connected" : "error" }]
      : [],
  )
}

/** Starts the servers for a file of the project and shows it to them, so that they are ready for edits. Does not wait. */
export function prepareFile(instance: Instance, file: string): void {
  const open = async () => {
    const real = await watchedPath(instance, file)
    if (real === undefined) return
    const all = await clientsFor(instance, real)
    await Promise.all(all.map((starting) => starting.then((client) => client && syncDocument(client, real))))
  }
  open().catch((error) => logFailure(instance, error))
}

/**
 * Tells the language servers of changed files, and asks what problems the files have now. Waits five seconds at most: a server that
 * is not ready by then is left out. The answer is by `file` as given; files without problems, or that no server knows, are not in it.
 */
export async function diagnoseChanges(
  instance: Instance,
  changes: readonly FileChange[],
  signal: AbortSignal,
): Promise<Record<string, Diagnostic[]>> {
  if ((await languageServers(instance)).length === 0) return {}
  const until = AbortSignal.any([signal, instance.signal, AbortSignal.timeout(WAIT)])
  const all = await Promise.all(
    changes.map(async ({ file, event }) => ({ file, event, real: await watchedPath(instance, file) })),
  )
  const known = all.flatMap(({ real, ...each }) => (real === undefined ? [] : [{ ...each, real }]))
  await tellAll(
    instance,
    known.map(({ real, event }) => ({ file: real, event })),
  )
  const asked = known.filter(({ event }) => event !== "unlink").slice(0, MAX_FILES)
  const found = await Promise.all(asked.map(({ real }) => diagnoseFile(instance, real, until)))
  return Object.fromEntries(asked.flatMap(({ file }, index) => (found[index]?.length ? [[file, found[index]]] : [])))
}

/** The real path of a file that language servers may see: of the project, and only when there are any. */
async function watchedPath(instance: Instance, file: string): Promise<string | undefined> {
  if ((await languageServers(instance)).length === 0) return undefined
  const real = await realPath(file)
  return contains(projectTop(instance), real) ? real : undefined
}

async function tellAll(instance: Instance, changes: FileChange[]): Promise<void> {
  const running = (await listSlots(instance)).flatMap(({ client }) => client ?? [])
  await Promise.all(
    running.map(async (client) => {
      for (const { file, event } of changes) if (event === "unlink") await closeDocument(client, file)
      await tellChanges(client, changes)
    }),
  ).catch((error) => logFailure(instance, error))
}

async function diagnoseFile(instance: Instance, file: string, until: AbortSignal): Promise<Diagnostic[]> {
  const ended = whenAborted(until)
  const all = (await clientsFor(instance, file)).map(async (starting) => {
    const client = await Promise.race([starting, ended])
    return client ? diagnose(client, file, until) : []
  })
  return distinct((await Promise.all(all)).flat())
}

async function diagnose(client: Client, file: string, signal: AbortSignal): Promise<Diagnostic[]> {
  const until = AbortSignal.any([signal, client.connection.gone])
  try {
    const document = await syncDocument(client, file, { saved: true })
    if (!document) return []
    // One that answers questions is asked; what it sends besides, mostly later, is taken if it is there.
    if (client.capabilities.pulls.size === 0) return (await pushedDiagnostics(client, document, until)) ?? []
    const pulled = await pulledDiagnostics(client, document, until)
    return [...pulled, ...(document.pushed ?? [])]
  } catch (error) {
    logFailure(client.instance, error, client)
    return []
  }
}

function distinct(diagnostics: Diagnostic[]): Diagnostic[] {
  const byText = new Map(diagnostics.map((each) => [JSON.stringify([each.range, each.message]), each]))
  return [...byText.values()]
}

function logFailure(instance: Instance, error: unknown, client?: Client): void {
  // Servers that end in the middle are told of by the pool.
  if (instance.signal.aborted) return
  instance.app.log.warn("A language server could not be asked", {
    server: client?.server.id,
    root: client?.root,
    error,
  })
}
