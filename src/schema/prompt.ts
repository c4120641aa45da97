import { type Static, Type } from "@sinclair/typebox"
import { OutputFormat } from "./message"
import { AgentPartInput, FilePartInput, SubtaskPartInput, TextPartInput } from "./part-input"

/** A model, as prompts name it. */
export const ModelReference = Type.Object({ providerID: Type.String(), modelID: Type.String() })
export type ModelReference = Static<typeof ModelReference>

/** One part of a prompt, as clients send it. */
export const PromptPart = Type.Union([TextPartInput, FilePartInput, AgentPartInput, SubtaskPartInput])
export type PromptPart = Static<typeof PromptPart>

/** What clients send to a session: the body of both prompt routes. */
export const PromptBody = Type.Object({
  parts: Type.Array(PromptPart),
  messageID: Type.Optional(Type.String({ pattern: "^msg" })),
  model: Type.Optional(ModelReference),
  agent: Type.Optional(Type.String()),
  noReply: Type.Optional(Type.Boolean()),
  tools: Type.Optional(Type.Record(Type.String(), Type.Boolean())),
  format: Type.Optional(OutputFormat),
  system: Type.Optional(Type.String()),
  variant: Type.Optional(Type.String()),
})
export type PromptBody = Static<typeof PromptBody>
