import { type Static, Type } from "@sinclair/typebox"

export const PromptSource = Type.Object(
  { end: Type.Number(), start: Type.Number(), text: Type.String() },
  { $id: "PromptSource" },
)
export type PromptSource = Static<typeof PromptSource>

export const PromptFileAttachment = Type.Object(
  {
    mime: Type.String(),
    uri: Type.String(),
    description: Type.Optional(Type.String()),
    name: Type.Optional(Type.String()),
    source: Type.Optional(PromptSource),
  },
  { $id: "PromptFileAttachment" },
)
export type PromptFileAttachment = Static<typeof PromptFileAttachment>

export const PromptAgentAttachment = Type.Object(
  { name: Type.String(), source: Type.Optional(PromptSource) },
  { $id: "PromptAgentAttachment" },
)
export type PromptAgentAttachment = Static<typeof PromptAgentAttachment>
