import { type Static, Type } from "@sinclair/typebox"
import { LocationRef } from "./api-location"
import { ModelRef } from "./api-model"
import { PageCursor } from "./api-page-cursor"
import { FileDiff } from "./snapshot"
import { Tokens } from "./tokens"

export const RevertState = Type.Object(
  {
    messageID: Type.String({ pattern: "^msg_" }),
    diff: Type.Optional(Type.String()),
    files: Type.Optional(Type.Array(FileDiff)),
    partID: Type.Optional(Type.String()),
    snapshot: Type.Optional(Type.String()),
  },
  { $id: "RevertState" },
)
export type RevertState = Static<typeof RevertState>

/** A session as `/api` shows it. */
export const SessionV2Info = Type.Object(
  {
    id: Type.String({ pattern: "^ses" }),
    cost: Type.Number(),
    location: LocationRef,
    projectID: Type.String(),
    time: Type.Object({ created: Type.Number(), updated: Type.Number(), archived: Type.Optional(Type.Number()) }),
    title: Type.String(),
    tokens: Tokens,
    agent: Type.Optional(Type.String()),
    model: Type.Optional(ModelRef),
    parentID: Type.Optional(Type.String({ pattern: "^ses" })),
    revert: Type.Optional(RevertState),
    subpath: Type.Optional(Type.String()),
  },
  { $id: "SessionV2Info" },
)
export type SessionV2Info = Static<typeof SessionV2Info>

export const SessionsResponse = Type.Object(
  { cursor: PageCursor, data: Type.Array(SessionV2Info) },
  { $id: "SessionsResponse" },
)
export type SessionsResponse = Static<typeof SessionsResponse>

export const SessionActive = Type.Object({ type: Type.Literal("running") }, { $id: "SessionActive" })
export type SessionActive = Static<typeof SessionActive>
