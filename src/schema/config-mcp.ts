import { type Static, Type } from "@sinclair/typebox"

export const McpLocalConfig = Type.Object(
  {
    type: Type.Literal("local"),
    command: Type.Array(Type.String()),
    cwd: Type.Optional(Type.String()),
    enabled: Type.Optional(Type.Boolean()),
    environment: Type.Optional(Type.Record(Type.String(), Type.String())),
    timeout: Type.Optional(Type.Integer({ exclusiveMinimum: 0 })),
  },
  { $id: "McpLocalConfig" },
)
export type McpLocalConfig = Static<typeof McpLocalConfig>

export const McpOAuthConfig = Type.Object(
  {
    callbackPort: Type.Optional(Type.Integer({ minimum: 1, maximum: 65535 })),
    clientId: Type.Optional(Type.String()),
    clientSecret: Type.Optional(Type.String()),
    redirectUri: Type.Optional(Type.String()),
    scope: Type.Optional(Type.String()),
  },
  { $id: "McpOAuthConfig" },
)
export type McpOAuthConfig = Static<typeof McpOAuthConfig>

export const McpRemoteConfig = Type.Object(
  {
    type: Type.Literal("remote"),
    url: Type.String(),
    enabled: Type.Optional(Type.Boolean()),
    headers: Type.Optional(Type.Record(Type.String(), Type.String())),
    oauth: Type.Optional(Type.Union([McpOAuthConfig, Type.Literal(false)])),
    timeout: Type.Optional(Type.Integer({ exclusiveMinimum: 0 })),
  },
  { $id: "McpRemoteConfig" },
)
export type McpRemoteConfig = Static<typeof McpRemoteConfig>
