import { type Static, Type } from "@sinclair/typebox"

export const ReferenceLocalSource = Type.Object(
  {
    type: Type.Literal("local"),
    path: Type.String(),
    description: Type.Optional(Type.String()),
    hidden: Type.Optional(Type.Boolean()),
  },
  { $id: "ReferenceLocalSource" },
)
export type ReferenceLocalSource = Static<typeof ReferenceLocalSource>

export const ReferenceGitSource = Type.Object(
  {
    type: Type.Literal("git"),
    repository: Type.String(),
    branch: Type.Optional(Type.String()),
    description: Type.Optional(Type.String()),
    hidden: Type.Optional(Type.Boolean()),
  },
  { $id: "ReferenceGitSource" },
)
export type ReferenceGitSource = Static<typeof ReferenceGitSource>

export const ReferenceSource = Type.Union([ReferenceLocalSource, ReferenceGitSource], { $id: "ReferenceSource" })
export type ReferenceSource = Static<typeof ReferenceSource>

/** A further directory for the model to look at. */
export const ReferenceInfo = Type.Object(
  {
    name: Type.String(),
    path: Type.String(),
    source: ReferenceSource,
    description: Type.Optional(Type.String()),
    hidden: Type.Optional(Type.Boolean()),
  },
  { $id: "ReferenceInfo" },
)
export type ReferenceInfo = Static<typeof ReferenceInfo>
