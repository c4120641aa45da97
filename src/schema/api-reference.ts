import { type Static, Type } from "@sinclair/typebox"
import { ConfigV2ReferenceGit, ConfigV2ReferenceLocal } from "./config"

export const ReferenceLocalSource = Type.Object(
  {
    type: Type.Literal("local"),
    ...ConfigV2ReferenceLocal.properties,
  },
  { $id: "ReferenceLocalSource" },
)
export type ReferenceLocalSource = Static<typeof ReferenceLocalSource>

export const ReferenceGitSource = Type.Object(
  {
    type: Type.Literal("git"),
    ...ConfigV2ReferenceGit.properties,
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
