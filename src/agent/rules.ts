import { join, relative } from "node:path"
import type { Instance } from "../instance/instance"
import type { PermissionRule } from "../schema/permission"

// A model reads rules as JSON when one denies its call. The keys stand in the order that rules of the configuration have.
const rule = (permission: string, action: PermissionRule["action"], pattern?: string): PermissionRule =>
  pattern === undefined ? { permission, action, pattern: "*" } : { permission, pattern, action }

/** Allows every use of a permission. */
export const allow = (permission: string, pattern?: string) => rule(permission, "allow", pattern)
/** Denies every use of a permission. */
export const deny = (permission: string, pattern?: string) => rule(permission, "deny", pattern)
const ask = (permission: string, pattern?: string) => rule(permission, "ask", pattern)

/** What holds for every agent before its own rules and the configured ones. Of all rules the last that matches counts. */
export const baseRules = (instance: Instance, skillFolders: string[]): PermissionRule[] => [
  allow("*"),
  ask("doom_loop"),
  ...outsideRules(instance, skillFolders),
  deny("question"),
  deny("plan_enter"),
  deny("plan_exit"),
  allow("read", "*"),
  ask("read", "*.env"),
  ask("read", "*.env.*"),
  allow("read", "*.env.example"),
]

/** Outside of the project everything is asked for, except what the server itself or a skill tells the model to look at. */
export const outsideRules = (instance: Instance, skillFolders: string[]): PermissionRule[] => [
  ask("external_directory", "*"),
  toolOutputRule(instance),
  allow("external_directory", join(instance.app.paths.temp, "*")),
  ...skillFolders.map((folder) => allow("external_directory", join(folder, "*"))),
]

/** Where the full text of shortened tool output is kept. */
export const toolOutputRule = (instance: Instance): PermissionRule =>
  allow("external_directory", join(instance.app.paths.data, "tool-output", "*"))

/** Nothing may be edited but plans: those of the project and those in the data directory. */
export const planRules = (instance: Instance): PermissionRule[] => {
  const plans = join(instance.app.paths.data, "plans")
  return [
    allow("external_directory", join(plans, "*")),
    deny("edit", "*"),
    allow("edit", join(".opencode", "plans", "*.md")),
    allow("edit", relative(instance.worktree, join(plans, "*.md"))),
  ]
}
