import { type Static, Type } from "@sinclair/typebox"
import { FilePart } from "./file-part"
import { AgentPart, SubtaskPart, TextPart } from "./part"
import { PartPlace } from "./part-place"

// Parts as prompts bring them: their place follows from the prompt, and an id is optional.

const id = Type.Optional(PartPlace.properties.id)

export const TextPartInput = Type.Object(
  {
    ...Type.Pick(TextPart, ["type", "text"]).properties,
    id,
    ...Type.Pick(TextPart, ["ignored", "metadata", "synthetic", "time"]).properties,
  },
  { $id: "TextPartInput" },
)
export type TextPartInput = Static<typeof TextPartInput>

export const FilePartInput = Type.Object(
  {
    ...Type.Pick(FilePart, ["type", "mime", "url", "filename"]).properties,
    id,
    ...Type.Pick(FilePart, ["source"]).properties,
  },
  { $id: "FilePartInput" },
)
export type FilePartInput = Static<typeof FilePartInput>

export const AgentPartInput = Type.Object(
  {
    ...Type.Pick(AgentPart, ["type", "name"]).properties,
    id,
    ...Type.Pick(AgentPart, ["source"]).properties,
  },
  { $id: "AgentPartInput" },
)
export type AgentPartInput = Static<typeof AgentPartInput>

export const SubtaskPartInput = Type.Object(
  {
    ...Type.Pick(SubtaskPart, ["type", "agent", "description", "prompt", "command"]).properties,
    id,
    ...Type.Pick(SubtaskPart, ["model"]).properties,
  },
  { $id: "SubtaskPartInput" },
)
export type SubtaskPartInput = Static<typeof SubtaskPartInput>
