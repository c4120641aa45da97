/** Fields whose text tells how a session went, not what it was about. */
const KEPT = new Set([
  "id",
  "sessionID",
  "messageID",
  "parentID",
  "projectID",
  "callID",
  "type",
  "role",
  "status",
  "mode",
  "tool",
  "agent",
  "providerID",
  "modelID",
  "variant",
  "finish",
  "reason",
  "mime",
  "version",
  "permission",
  "action",
  "field",
])
const REDACTED = "[redacted]"
/** An address that is valid, for what must be one. */
const NO_FILE = "data:text/plain,"
/** Objects whose keys may tell something too. */
const FREE = new Set(["input", "metadata", "structured", "tools", "responseHeaders", "env"])

/** A session without what was said, titles, paths, arguments and results: only ids, kinds, counts and times are left. */
export function sanitize(value: unknown, key = ""): unknown {
  if (typeof value === "string") {
    if (KEPT.has(key)) return value
    return key === "url" ? NO_FILE : REDACTED
  }
  if (Array.isArray(value)) return key === "diffs" ? [] : value.map((each) => sanitize(each, key))
  if (typeof value !== "object" || value === null) return value
  if (FREE.has(key)) return {}
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, sanitize(each, name)]))
}
