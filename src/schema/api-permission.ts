import { type Static, Type } from "@sinclair/typebox"
import { PermissionAction } from "./permission"

export const PermissionV2Effect = Type.Union(PermissionAction.anyOf, { $id: "PermissionV2Effect" })
export type PermissionV2Effect = Static<typeof PermissionV2Effect>

export const PermissionV2Rule = Type.Object(
  { action: Type.String(), effect: PermissionV2Effect, resource: Type.String() },
  { $id: "PermissionV2Rule" },
)
export type PermissionV2Rule = Static<typeof PermissionV2Rule>

export const PermissionV2Ruleset = Type.Array(PermissionV2Rule, { $id: "PermissionV2Ruleset" })
export type PermissionV2Ruleset = Static<typeof PermissionV2Ruleset>

export const PermissionV2Source = Type.Object(
  { messageID: Type.String(), type: Type.Literal("tool"), callID: Type.String() },
  { $id: "PermissionV2Source" },
)
export type PermissionV2Source = Static<typeof PermissionV2Source>

/** A permission that waits for a reply, as `/api` shows it. */
export const PermissionV2Request = Type.Object(
  {
    id: Type.String({ pattern: "^per" }),
    sessionID: Type.String({ pattern: "^ses" }),
    action: Type.String(),
    resources: Type.Array(Type.String()),
    metadata: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    save: Type.Optional(Type.Array(Type.String())),
    source: Type.Optional(PermissionV2Source),
  },
  { $id: "PermissionV2Request" },
)
export type PermissionV2Request = Static<typeof PermissionV2Request>
