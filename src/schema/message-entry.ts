import { type Static, Type } from "@sinclair/typebox"
import { AssistantMessage, Message } from "./message"
import { Part } from "./part"

/** A message with its parts, as lists and single answers give it. */
export const MessageEntry = Type.Object({ info: Message, parts: Type.Array(Part) })
export type MessageEntry = Static<typeof MessageEntry>

/** The answer to a prompt. */
export const AssistantEntry = Type.Object({ info: AssistantMessage, parts: Type.Array(Part) })
export type AssistantEntry = Static<typeof AssistantEntry>
