import { basename } from "node:path"
import { pathToFileURL } from "node:url"
import { Type } from "@sinclair/typebox"
import { Value } from "@sinclair/typebox/value"
import { pullIdentifier } from "./capabilities"
import type { Client } from "./client"
import { registerWatch } from "./watch"

const Questions = Type.Object({ items: Type.Array(Type.Object({ section: Type.Optional(Type.String()) })) })
const Registration = Type.Object({
  id: Type.String(),
  method: Type.String(),
  registerOptions: Type.Optional(Type.Unknown()),
})
const Registrations = Type.Object({ registrations: Type.Array(Registration) })
// The protocol itself spells the key so.
const Unregistrations = Type.Object({ unregisterations: Type.Array(Type.Object({ id: Type.String() })) })

/** Answers what a server asks its client for. It gets settings and folders; it may not change files or show anything. */
export function answerServer(client: Client): void {
  const { rpc } = client.connection
  const { root, server } = client
  const answers: Record<string, (params: unknown) => unknown> = {
    "workspace/configuration": (params) =>
      Value.Check(Questions, params) ? params.items.map(({ section }) => setting(server.initialization, section)) : [],
    "workspace/workspaceFolders": () => [{ name: basename(root), uri: pathToFileURL(root).href }],
    "workspace/applyEdit": () => ({ applied: false, failureReason: "Files are changed by tools only" }),
    "window/showDocument": () => ({ success: false }),
    "window/showMessageRequest": () => null,
    "window/workDoneProgress/create": () => null,
    "workspace/diagnostic/refresh": () => null,
    "client/registerCapability": (params) => register(client, params),
    "client/unregisterCapability": (params) => unregister(client, params),
  }
  for (const [method, answer] of Object.entries(answers)) rpc.onRequest(method, answer)
}

/** The value below a dotted name; all of it without a name, null when there is none. */
function setting(settings: unknown, section = ""): unknown {
  let value = settings
  for (const key of section === "" ? [] : section.split("."))
    value = typeof value === "object" && value !== null ? Object.getOwnPropertyDescriptor(value, key)?.value : undefined
  return value ?? null
}

function register(client: Client, params: unknown): null {
  if (!Value.Check(Registrations, params)) return null
  for (const { id, method, registerOptions } of params.registrations) {
    if (method === "workspace/didChangeWatchedFiles") registerWatch(client, id, registerOptions)
    if (method === "textDocument/diagnostic") client.capabilities.pulls.set(id, pullIdentifier(registerOptions))
  }
  return null
}

function unregister({ watch, capabilities }: Client, params: unknown): null {
  if (!Value.Check(Unregistrations, params)) return null
  for (const { id } of params.unregisterations) {
    watch.registrations.delete(id)
    capabilities.pulls.delete(id)
  }
  return null
}
