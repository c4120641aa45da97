import { newID } from "../../src/base/id"
import type { Message } from "../../src/schema/message"
import type { Part } from "../../src/schema/part"
import type { Session } from "../../src/schema/session"

export const session = (fields: Partial<Session> = {}): Session => ({
  id: newID("session"),
  slug: "quiet-river",
  projectID: "global",
  directory: "/somewhere",
  title: "A title",
  version: "1.0.0",
  time: { created: 1, updated: 1 },
  ...fields,
})

export const message = (sessionID: string, created = 1, id = newID("message")): Message => ({
  id,
  sessionID,
  role: "user",
  time: { created },
  agent: "build",
  model: { providerID: "demo", modelID: "script" },
})

export const part = (info: Message, text = "hello", id = newID("part")): Part => ({
  id,
  sessionID: info.sessionID,
  messageID: info.id,
  type: "text",
  text,
})
