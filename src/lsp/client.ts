import { basename } from "node:path"
import { pathToFileURL } from "node:url"
import { whenAborted } from "../base/abort"
import { errorMessage } from "../base/error"
import { createLock } from "../base/lock"
import type { Instance } from "../instance/instance"
import { type Capabilities, readCapabilities } from "./capabilities"
import { type Connection, connect } from "./connection"
import type { Document } from "./document"
import { MAX_PATIENCE, receiveDiagnostics } from "./pushed-diagnostics"
import { answerServer } from "./server-requests"
import type { LanguageServer } from "./servers"
import { newWatch, type Watch } from "./watch"

/** Milliseconds that a server may take to get ready. */
const START_TIMEOUT = 45_000

/** A running language server that looks at one root directory. */
export interface Client {
  readonly instance: Instance
  readonly server: LanguageServer
  readonly root: string
  readonly connection: Connection
  readonly capabilities: Capabilities
  /** What the server has been told the content of, by real path; the one used last comes last. */
  readonly documents: Map<string, Document>
  readonly watch: Watch
  /** Milliseconds to wait for problems that the server sends by itself; less while it sends none. */
  patience: number
  /** Documents are brought up to date one after another: their versions must reach the server in order. */
  readonly lock: ReturnType<typeof createLock>
}

/** Starts a server and waits until it is ready. Throws, with the server ended, when it does not get there. */
export async function startClient(
  instance: Instance,
  { server, root, command }: { server: LanguageServer; root: string; command: string[] },
): Promise<Client> {
  const connection = await connect(instance, { command, root, env: server.env })
  const client: Client = {
    instance,
    server,
    root,
    connection,
    capabilities: { pulls: new Map(), symbols: false, save: false, saveText: false },
    documents: new Map(),
    watch: newWatch(),
    patience: MAX_PATIENCE,
    lock: createLock(),
  }
  answerServer(client)
  receiveDiagnostics(client)
  connection.rpc.listen()
  try {
    await Promise.race([initialize(client), failure(client)])
    return client
  } catch (error) {
    await connection.stop()
    throw error
  }
}

async function initialize({ root, server, connection: { rpc }, capabilities }: Client): Promise<void> {
  const { initialization } = server
  const rootUri = pathToFileURL(root).href
  const answer: unknown = await rpc.sendRequest("initialize", {
    processId: process.pid,
    clientInfo: { name: "opencode-server" },
    rootUri,
    workspaceFolders: [{ name: basename(root), uri: rootUri }],
    ...(initialization && { initializationOptions: initialization }),
    capabilities: CLIENT_CAPABILITIES,
  })
  Object.assign(capabilities, readCapabilities(answer))
  await rpc.sendNotification("initialized", {})
  // Some servers take their settings only from here.
  if (initialization) await rpc.sendNotification("workspace/didChangeConfiguration", { settings: initialization })
}

const CLIENT_CAPABILITIES = {
  general: { positionEncodings: ["utf-16"] },
  window: { workDoneProgress: true },
  workspace: {
    configuration: true,
    workspaceFolders: true,
    didChangeConfiguration: { dynamicRegistration: true },
    didChangeWatchedFiles: { dynamicRegistration: true, relativePatternSupport: true },
    diagnostics: { refreshSupport: true },
    symbol: {},
  },
  textDocument: {
    synchronization: { didSave: true },
    publishDiagnostics: { versionSupport: true },
    diagnostic: { dynamicRegistration: true, relatedDocumentSupport: false },
  },
}

/** Rejects when the server ends, takes too long, or is no longer wanted. */
async function failure({ instance, connection }: Client): Promise<never> {
  const until = AbortSignal.any([instance.signal, AbortSignal.timeout(START_TIMEOUT)])
  const ended = connection.ended.then(({ code, said }) => `it ended with code ${code}: ${said}`)
  throw new Error(await Promise.race([ended, whenAborted(until).then(() => errorMessage(until.reason))]))
}
