import { type Static, Type } from "@sinclair/typebox"

/** The directory that an answer of `/api` is about, and its project. */
export const LocationInfo = Type.Object(
  {
    directory: Type.String(),
    project: Type.Object({ id: Type.String(), directory: Type.String() }),
    workspaceID: Type.Optional(Type.String({ pattern: "^wrk" })),
  },
  { $id: "LocationInfo" },
)
export type LocationInfo = Static<typeof LocationInfo>

/** Where something happened or belongs. */
export const LocationRef = Type.Object(
  { directory: Type.String(), workspaceID: Type.Optional(Type.String({ pattern: "^wrk" })) },
  { $id: "LocationRef" },
)
export type LocationRef = Static<typeof LocationRef>
