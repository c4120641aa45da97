import { type Static, Type } from "@sinclair/typebox"

export const MCPStatusConnected = Type.Object({ status: Type.Literal("connected") }, { $id: "MCPStatusConnected" })
export type MCPStatusConnected = Static<typeof MCPStatusConnected>

export const MCPStatusDisabled = Type.Object({ status: Type.Literal("disabled") }, { $id: "MCPStatusDisabled" })
export type MCPStatusDisabled = Static<typeof MCPStatusDisabled>

export const MCPStatusFailed = Type.Object(
  { error: Type.String(), status: Type.Literal("failed") },
  { $id: "MCPStatusFailed" },
)
export type MCPStatusFailed = Static<typeof MCPStatusFailed>

export const MCPStatusNeedsAuth = Type.Object({ status: Type.Literal("needs_auth") }, { $id: "MCPStatusNeedsAuth" })
export type MCPStatusNeedsAuth = Static<typeof MCPStatusNeedsAuth>

export const MCPStatusNeedsClientRegistration = Type.Object(
  { error: Type.String(), status: Type.Literal("needs_client_registration") },
  { $id: "MCPStatusNeedsClientRegistration" },
)
export type MCPStatusNeedsClientRegistration = Static<typeof MCPStatusNeedsClientRegistration>

export const MCPStatus = Type.Union(
  [MCPStatusConnected, MCPStatusDisabled, MCPStatusFailed, MCPStatusNeedsAuth, MCPStatusNeedsClientRegistration],
  { $id: "MCPStatus" },
)
export type MCPStatus = Static<typeof MCPStatus>

export const McpResource = Type.Object(
  {
    client: Type.String(),
    name: Type.String(),
    uri: Type.String(),
    description: Type.Optional(Type.String()),
    mimeType: Type.Optional(Type.String()),
  },
  { $id: "McpResource" },
)
export type McpResource = Static<typeof McpResource>
