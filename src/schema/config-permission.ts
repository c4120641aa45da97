import { type Static, Type } from "@sinclair/typebox"

export const PermissionActionConfig = Type.Union([Type.Literal("ask"), Type.Literal("allow"), Type.Literal("deny")], {
  $id: "PermissionActionConfig",
})
export type PermissionActionConfig = Static<typeof PermissionActionConfig>

export const PermissionObjectConfig = Type.Record(Type.String(), PermissionActionConfig, {
  $id: "PermissionObjectConfig",
})
export type PermissionObjectConfig = Static<typeof PermissionObjectConfig>

export const PermissionRuleConfig = Type.Union([PermissionActionConfig, PermissionObjectConfig], {
  $id: "PermissionRuleConfig",
})
export type PermissionRuleConfig = Static<typeof PermissionRuleConfig>

export const PermissionConfig = Type.Union(
  [
    PermissionActionConfig,
    Type.Object(
      {
        bash: Type.Optional(PermissionRuleConfig),
        doom_loop: Type.Optional(PermissionActionConfig),
        edit: Type.Optional(PermissionRuleConfig),
        external_directory: Type.Optional(PermissionRuleConfig),
        glob: Type.Optional(PermissionRuleConfig),
        grep: Type.Optional(PermissionRuleConfig),
        list: Type.Optional(PermissionRuleConfig),
        lsp: Type.Optional(PermissionRuleConfig),
        question: Type.Optional(PermissionActionConfig),
        read: Type.Optional(PermissionRuleConfig),
        skill: Type.Optional(PermissionRuleConfig),
        task: Type.Optional(PermissionRuleConfig),
        todowrite: Type.Optional(PermissionActionConfig),
        webfetch: Type.Optional(PermissionActionConfig),
        websearch: Type.Optional(PermissionActionConfig),
      },
      { additionalProperties: PermissionRuleConfig },
    ),
  ],
  { $id: "PermissionConfig" },
)
export type PermissionConfig = Static<typeof PermissionConfig>

export const PolicyEffect = Type.Union([Type.Literal("allow"), Type.Literal("deny")], { $id: "PolicyEffect" })
export type PolicyEffect = Static<typeof PolicyEffect>

export const ConfigV2ExperimentalPolicy = Type.Object(
  { action: Type.Literal("provider.use"), effect: PolicyEffect, resource: Type.String() },
  { $id: "ConfigV2ExperimentalPolicy" },
)
export type ConfigV2ExperimentalPolicy = Static<typeof ConfigV2ExperimentalPolicy>
