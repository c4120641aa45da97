import { type Static, Type } from "@sinclair/typebox"

export const Skill = Type.Object({
  name: Type.String(),
  description: Type.Optional(Type.String()),
  /** The path of its SKILL.md; `<built-in>` for one that comes with the server. */
  location: Type.String(),
  content: Type.String(),
})
export type Skill = Static<typeof Skill>
