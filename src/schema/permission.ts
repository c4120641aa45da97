import { type Static, Type } from "@sinclair/typebox"

export const PermissionAction = Type.Union([Type.Literal("allow"), Type.Literal("deny"), Type.Literal("ask")], {
  $id: "PermissionAction",
})
export type PermissionAction = Static<typeof PermissionAction>

export const PermissionRule = Type.Object(
  { action: PermissionAction, pattern: Type.String(), permission: Type.String() },
  { $id: "PermissionRule" },
)
export type PermissionRule = Static<typeof PermissionRule>

export const PermissionRuleset = Type.Array(PermissionRule, { $id: "PermissionRuleset" })
export type PermissionRuleset = Static<typeof PermissionRuleset>

export const PermissionRequest = Type.Object(
  {
    id: Type.String({ pattern: "^per" }),
    sessionID: Type.String({ pattern: "^ses" }),
    always: Type.Array(Type.String()),
    metadata: Type.Record(Type.String(), Type.Unknown()),
    patterns: Type.Array(Type.String()),
    permission: Type.String(),
    tool: Type.Optional(Type.Object({ messageID: Type.String(), callID: Type.String() })),
  },
  { $id: "PermissionRequest" },
)
export type PermissionRequest = Static<typeof PermissionRequest>
