import { tagged } from "../base/error"
import { newID } from "../base/id"
import { publish } from "../instance/event"
import type { Instance } from "../instance/instance"
import { instanceState } from "../instance/state"
import type { EventProperties } from "../schema/event"
import type { PermissionRequest, PermissionRule } from "../schema/permission"
import { PermissionCorrectedError, PermissionDeniedError, PermissionRejectedError } from "./errors"
import { evaluate, matchesRule } from "./evaluate"

export type PermissionReply = EventProperties<"permission.replied">["reply"]

/** What is asked for, by which run, and the rules that hold for it. */
export interface PermissionQuestion {
  sessionID: string
  /** Name that rules are written for: mostly the tool's id; `edit` for all that change files. */
  permission: string
  patterns: string[]
  /** The patterns that an "always" reply allows from then on. */
  always: string[]
  metadata?: Record<string, unknown>
  tool?: { messageID: string; callID: string }
  /** All that hold for the call, the most general first. */
  rules: PermissionRule[]
  /** Aborting it takes the request back. */
  signal: AbortSignal
}

interface Pending {
  request: PermissionRequest
  rules: PermissionRule[]
  allow(): void
  refuse(error: unknown): void
}

interface State {
  pending: Map<string, Pending>
  /** What "always" replies allowed: for all sessions of the instance, until it is disposed. */
  approved: PermissionRule[]
}

const stateOf = instanceState<State & { instance: Instance }>(
  (instance) => ({ instance, pending: new Map(), approved: [] }),
  ({ instance, pending }) => {
    for (const each of [...pending.values()]) settle(instance, pending, each, "reject")
  },
)

/**
 * Resolves when rules or the user allow all the patterns. Throws `PermissionDeniedError` when a rule denies one of them,
 * `PermissionRejectedError` or `PermissionCorrectedError` when the user does, and the signal's reason when it is aborted.
 */
export async function askPermission(instance: Instance, question: PermissionQuestion): Promise<void> {
  const { sessionID, permission, patterns, always, metadata = {}, tool, signal } = question
  signal.throwIfAborted()
  instance.signal.throwIfAborted()
  const { pending, approved } = stateOf(instance)
  const rules = expandHome(question.rules, instance.app.paths.home)
  const actions = patterns.map((pattern) => evaluate(permission, pattern, rules, approved).action)
  if (actions.includes("deny"))
    throw new PermissionDeniedError(question.rules.filter((rule) => matchesRule(rule, permission)))
  if (!actions.includes("ask")) return

  const request: PermissionRequest = {
    id: newID("permission"),
    sessionID,
    permission,
    patterns,
    metadata,
    always,
    ...(tool && { tool }),
  }
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const entry: Pending = { request, rules, allow: resolve, refuse: reject }
  const abort = () => settle(instance, pending, entry, "reject", signal.reason)
  signal.addEventListener("abort", abort, { once: true })
  pending.set(request.id, entry)
  publish(instance, "permission.asked", request)
  try {
    await promise
  } finally {
    signal.removeEventListener("abort", abort)
  }
}

/**
 * Answers a pending request; `message` goes to the model with a rejection. "always" also releases what else the session
 * waits for and is allowed by it, "reject" refuses all that the session waits for. 404 when nothing waits under that id.
 */
export function replyPermission(instance: Instance, requestID: string, reply: PermissionReply, message?: string): void {
  const { pending, approved } = stateOf(instance)
  const entry = pending.get(requestID)
  if (!entry) throw tagged(404, "PermissionNotFoundError", `Permission request not found: ${requestID}`, { requestID })
  const { permission, always, sessionID } = entry.request
  settle(instance, pending, entry, reply, message ? new PermissionCorrectedError(message) : undefined)

  if (reply === "reject") cancelPermissions(instance, sessionID)
  if (reply !== "always") return
  for (const pattern of always) approved.push({ permission, pattern, action: "allow" })
  for (const other of ofSession(pending, sessionID)) {
    const covered = other.request.patterns.every(
      (pattern) => evaluate(other.request.permission, pattern, other.rules, approved).action === "allow",
    )
    if (covered) settle(instance, pending, other, "always")
  }
}

/** The requests that wait for a reply, oldest first. */
export const listPermissions = (instance: Instance): PermissionRequest[] =>
  [...stateOf(instance).pending.values()].map((each) => each.request)

/** Refuses all that a session waits for: it is deleted, or its user rejected one of them. */
export function cancelPermissions(instance: Instance, sessionID: string): void {
  const { pending } = stateOf(instance)
  for (const each of ofSession(pending, sessionID)) settle(instance, pending, each, "reject")
}

function settle(
  instance: Instance,
  pending: State["pending"],
  entry: Pending,
  reply: PermissionReply,
  error: unknown = new PermissionRejectedError(),
) {
  const { id, sessionID } = entry.request
  if (!pending.delete(id)) return
  publish(instance, "permission.replied", { sessionID, requestID: id, reply })
  if (reply === "reject") entry.refuse(error)
  else entry.allow()
}

const ofSession = (pending: State["pending"], sessionID: string) =>
  [...pending.values()].filter((each) => each.request.sessionID === sessionID)

/** Patterns may begin with `~` or `$HOME`; what is asked for is always absolute. */
function expandHome(rules: PermissionRule[], home: string): PermissionRule[] {
  return rules.map((rule) => {
    const pattern = rule.pattern.replace(/^(~|\$HOME)(?=\/|$)/, () => home)
    return pattern === rule.pattern ? rule : { ...rule, pattern }
  })
}
