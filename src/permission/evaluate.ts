import type { PermissionConfig } from "../schema/config-permission"
import type { PermissionRule } from "../schema/permission"

/** Tools that change files share one permission. */
const EDIT_TOOLS = new Set(["edit", "write", "apply_patch"])

/** The rule that decides: the last one of the joined lists that matches both names. Without one: ask. */
export function evaluate(
  permission: string,
  pattern: string,
  ...rulesets: readonly PermissionRule[][]
): PermissionRule {
  for (const rules of rulesets.toReversed()) {
    const rule = rules.findLast((each) => matchesRule(each, permission) && matchWildcard(pattern, each.pattern))
    if (rule) return rule
  }
  return { permission, pattern: "*", action: "ask" }
}

/** Whether a rule is about this permission, whatever its pattern. */
export const matchesRule = (rule: PermissionRule, permission: string) => matchWildcard(permission, rule.permission)

/** The rules of a `permission` setting, in the order of its keys. */
export function rulesFromConfig(config: PermissionConfig): PermissionRule[] {
  if (typeof config === "string") return [{ permission: "*", action: config, pattern: "*" }]
  return Object.entries(config).flatMap(([permission, value]): PermissionRule[] => {
    if (typeof value === "string") return [{ permission, action: value, pattern: "*" }]
    return Object.entries(value).map(([pattern, action]) => ({ permission, pattern, action }))
  })
}

/** Which of these tools are denied altogether, so that a model need not hear of them. */
export function disabledTools(toolIDs: readonly string[], rules: PermissionRule[]): Set<string> {
  return new Set(
    toolIDs.filter((id) => {
      const last = rules.findLast((rule) => matchesRule(rule, permissionOfTool(id)))
      return last?.pattern === "*" && last.action === "deny"
    }),
  )
}

/** The permission that a tool asks for before it does its work. */
const permissionOfTool = (toolID: string) => (EDIT_TOOLS.has(toolID) ? "edit" : toolID)

/**
 * Whether the whole text fits the pattern: `*` stands for any text, `?` for one character. A pattern that ends in ` *`
 * fits the text without those two as well (`ls *` fits `ls`).
 */
export function matchWildcard(text: string, pattern: string): boolean {
  if (pattern.endsWith(" *") && matchWhole(text, pattern.slice(0, -2))) return true
  return matchWhole(text, pattern)
}

// By hand: a regular expression made from a pattern with many stars can take exponential time.
function matchWhole(text: string, pattern: string) {
  let at = 0
  let next = 0
  let star = -1
  let starAt = 0
  while (at < text.length) {
    if (pattern[next] === "*") {
      star = next++
      starAt = at
    } else if (next < pattern.length && (pattern[next] === "?" || pattern[next] === text[at])) {
      at++
      next++
    } else if (star >= 0) {
      next = star + 1
      at = ++starAt
    } else return false
  }
  while (pattern[next] === "*") next++
  return next === pattern.length
}
