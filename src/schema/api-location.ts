import { type Static, Type } from "@sinclair/typebox"

export const LocationInfo = Type.Object(
  {
    directory: Type.String(),
    project: Type.Object({ id: Type.String(), directory: Type.String() }),
    workspaceID: Type.Optional(Type.String({ pattern: "^wrk" })),
  },
  { $id: "LocationInfo" },
)
export type LocationInfo = Static<typeof LocationInfo>

export const LocationRef = Type.Object(
  { directory: Type.String(), workspaceID: Type.Optional(Type.String({ pattern: "^wrk" })) },
  { $id: "LocationRef" },
)
export type LocationRef = Static<typeof LocationRef>
