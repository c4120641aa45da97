import { type Static, Type } from "@sinclair/typebox"
import { UnknownError } from "./error"

export const APIError = Type.Object(
  {
    data: Type.Object({
      isRetryable: Type.Boolean(),
      message: Type.String(),
      metadata: Type.Optional(Type.Record(Type.String(), Type.String())),
      responseBody: Type.Optional(Type.String()),
      responseHeaders: Type.Optional(Type.Record(Type.String(), Type.String())),
      statusCode: Type.Optional(Type.Integer({ minimum: 0 })),
    }),
    name: Type.Literal("APIError"),
  },
  { $id: "APIError" },
)
export type APIError = Static<typeof APIError>

export const ProviderAuthError = Type.Object(
  { data: Type.Object({ message: Type.String(), providerID: Type.String() }), name: Type.Literal("ProviderAuthError") },
  { $id: "ProviderAuthError" },
)
export type ProviderAuthError = Static<typeof ProviderAuthError>

export const ContentFilterError = Type.Object(
  { data: Type.Object({ message: Type.String() }), name: Type.Literal("ContentFilterError") },
  { $id: "ContentFilterError" },
)
export type ContentFilterError = Static<typeof ContentFilterError>

export const ContextOverflowError = Type.Object(
  {
    data: Type.Object({ message: Type.String(), responseBody: Type.Optional(Type.String()) }),
    name: Type.Literal("ContextOverflowError"),
  },
  { $id: "ContextOverflowError" },
)
export type ContextOverflowError = Static<typeof ContextOverflowError>

export const MessageAbortedError = Type.Object(
  { data: Type.Object({ message: Type.String() }), name: Type.Literal("MessageAbortedError") },
  { $id: "MessageAbortedError" },
)
export type MessageAbortedError = Static<typeof MessageAbortedError>

export const MessageOutputLengthError = Type.Object(
  { data: Type.Record(Type.String(), Type.Unknown()), name: Type.Literal("MessageOutputLengthError") },
  { $id: "MessageOutputLengthError" },
)
export type MessageOutputLengthError = Static<typeof MessageOutputLengthError>

export const StructuredOutputError = Type.Object(
  {
    data: Type.Object({ message: Type.String(), retries: Type.Integer({ minimum: 0 }) }),
    name: Type.Literal("StructuredOutputError"),
  },
  { $id: "StructuredOutputError" },
)
export type StructuredOutputError = Static<typeof StructuredOutputError>

/** What can end a run: stored on the assistant message and published as `session.error`. Always `{ name, data }`. */
export const RunError = Type.Union([
  ProviderAuthError,
  UnknownError,
  MessageOutputLengthError,
  MessageAbortedError,
  StructuredOutputError,
  ContextOverflowError,
  ContentFilterError,
  APIError,
])
export type RunError = Static<typeof RunError>
