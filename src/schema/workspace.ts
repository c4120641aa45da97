import { type Static, Type } from "@sinclair/typebox"

export const Workspace = Type.Object(
  {
    id: Type.String({ pattern: "^wrk" }),
    type: Type.String(),
    name: Type.String(),
    projectID: Type.String(),
    timeUsed: Type.Union([
      Type.Number(),
      Type.Literal("NaN"),
      Type.Literal("Infinity"),
      Type.Literal("-Infinity"),
      Type.Union([Type.Literal("Infinity"), Type.Literal("-Infinity"), Type.Literal("NaN")]),
    ]),
    branch: Type.Optional(Type.Union([Type.String(), Type.Null()])),
    directory: Type.Optional(Type.Union([Type.String(), Type.Null()])),
    extra: Type.Optional(Type.Union([Type.Unknown(), Type.Null()])),
  },
  { $id: "Workspace" },
)
export type Workspace = Static<typeof Workspace>

export const WorkspaceEventConnectionStatus = Type.Object(
  {
    status: Type.Union([
      Type.Literal("connected"),
      Type.Literal("connecting"),
      Type.Literal("disconnected"),
      Type.Literal("error"),
    ]),
    workspaceID: Type.String({ pattern: "^wrk" }),
  },
  { $id: "WorkspaceEventConnectionStatus" },
)
export type WorkspaceEventConnectionStatus = Static<typeof WorkspaceEventConnectionStatus>

export const MoveSessionDestination = Type.Object({ directory: Type.String() }, { $id: "MoveSessionDestination" })
export type MoveSessionDestination = Static<typeof MoveSessionDestination>
