import { Type } from "@sinclair/typebox"

/** Which part of which message of which session: what every part says first. */
export const PartPlace = Type.Object({
  id: Type.String({ pattern: "^prt" }),
  sessionID: Type.String({ pattern: "^ses" }),
  messageID: Type.String({ pattern: "^msg" }),
})
