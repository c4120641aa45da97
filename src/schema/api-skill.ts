import { type Static, Type } from "@sinclair/typebox"

/** A skill as `/api` shows it. */
export const SkillV2Info = Type.Object(
  {
    content: Type.String(),
    location: Type.String(),
    name: Type.String(),
    description: Type.Optional(Type.String()),
    slash: Type.Optional(Type.Boolean()),
  },
  { $id: "SkillV2Info" },
)
export type SkillV2Info = Static<typeof SkillV2Info>
