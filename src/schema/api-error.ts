import { type Static, Type } from "@sinclair/typebox"

export const UnauthorizedError = Type.Object(
  { _tag: Type.Literal("UnauthorizedError"), message: Type.String() },
  { $id: "UnauthorizedError" },
)
export type UnauthorizedError = Static<typeof UnauthorizedError>

export const ServiceUnavailableError = Type.Object(
  { _tag: Type.Literal("ServiceUnavailableError"), message: Type.String(), service: Type.Optional(Type.String()) },
  { $id: "ServiceUnavailableError" },
)
export type ServiceUnavailableError = Static<typeof ServiceUnavailableError>

export const SessionNotFoundError = Type.Object(
  { sessionID: Type.String(), _tag: Type.Literal("SessionNotFoundError"), message: Type.String() },
  { $id: "SessionNotFoundError" },
)
export type SessionNotFoundError = Static<typeof SessionNotFoundError>

export const MessageNotFoundError = Type.Object(
  {
    sessionID: Type.String(),
    messageID: Type.String(),
    _tag: Type.Literal("MessageNotFoundError"),
    message: Type.String(),
  },
  { $id: "MessageNotFoundError" },
)
export type MessageNotFoundError = Static<typeof MessageNotFoundError>

export const ProviderNotFoundError = Type.Object(
  { _tag: Type.Literal("ProviderNotFoundError"), message: Type.String(), providerID: Type.String() },
  { $id: "ProviderNotFoundError" },
)
export type ProviderNotFoundError = Static<typeof ProviderNotFoundError>

export const InvalidCursorError = Type.Object(
  { _tag: Type.Literal("InvalidCursorError"), message: Type.String() },
  { $id: "InvalidCursorError" },
)
export type InvalidCursorError = Static<typeof InvalidCursorError>
