import { type Static, Type } from "@sinclair/typebox"
import { ModelRef } from "./api-model"

/** A slash command as `/api` shows it. */
export const CommandV2Info = Type.Object(
  {
    name: Type.String(),
    template: Type.String(),
    agent: Type.Optional(Type.String()),
    description: Type.Optional(Type.String()),
    model: Type.Optional(ModelRef),
    subtask: Type.Optional(Type.Boolean()),
  },
  { $id: "CommandV2Info" },
)
export type CommandV2Info = Static<typeof CommandV2Info>
