import { type Static, Type } from "@sinclair/typebox"
import { PermissionRuleset } from "./permission"
import { SnapshotFileDiff } from "./snapshot"
import { Tokens } from "./tokens"

/** The model that a session runs with. */
export const SessionModel = Type.Object({
  id: Type.String(),
  providerID: Type.String(),
  variant: Type.Optional(Type.String()),
})

/** One conversation. Stored, published and returned in exactly this shape. */
export const Session = Type.Object(
  {
    id: Type.String({ pattern: "^ses" }),
    directory: Type.String(),
    projectID: Type.String(),
    slug: Type.String(),
    time: Type.Object({
      created: Type.Integer({ minimum: 0 }),
      updated: Type.Integer({ minimum: 0 }),
      archived: Type.Optional(Type.Number()),
      compacting: Type.Optional(Type.Integer({ minimum: 0 })),
    }),
    title: Type.String(),
    version: Type.String(),
    agent: Type.Optional(Type.String()),
    cost: Type.Optional(Type.Number()),
    metadata: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    model: Type.Optional(SessionModel),
    parentID: Type.Optional(Type.String({ pattern: "^ses" })),
    path: Type.Optional(Type.String()),
    permission: Type.Optional(PermissionRuleset),
    revert: Type.Optional(
      Type.Object({
        messageID: Type.String({ pattern: "^msg" }),
        diff: Type.Optional(Type.String()),
        partID: Type.Optional(Type.String({ pattern: "^prt" })),
        snapshot: Type.Optional(Type.String()),
      }),
    ),
    share: Type.Optional(Type.Object({ url: Type.String() })),
    summary: Type.Optional(
      Type.Object({
        additions: Type.Number(),
        deletions: Type.Number(),
        files: Type.Number(),
        diffs: Type.Optional(Type.Array(SnapshotFileDiff)),
      }),
    ),
    tokens: Type.Optional(Tokens),
    workspaceID: Type.Optional(Type.String({ pattern: "^wrk" })),
  },
  { $id: "Session" },
)
export type Session = Static<typeof Session>

export const SessionStatus = Type.Union(
  [
    Type.Object({ type: Type.Literal("idle") }),
    Type.Object({
      type: Type.Literal("retry"),
      attempt: Type.Integer({ minimum: 0 }),
      message: Type.String(),
      next: Type.Integer({ minimum: 0 }),
      action: Type.Optional(
        Type.Object({
          label: Type.String(),
          message: Type.String(),
          provider: Type.String(),
          reason: Type.String(),
          title: Type.String(),
          link: Type.Optional(Type.String()),
        }),
      ),
    }),
    Type.Object({ type: Type.Literal("busy") }),
  ],
  { $id: "SessionStatus" },
)
export type SessionStatus = Static<typeof SessionStatus>

export const ProjectSummary = Type.Object(
  { id: Type.String(), worktree: Type.String(), name: Type.Optional(Type.String()) },
  { $id: "ProjectSummary" },
)
export type ProjectSummary = Static<typeof ProjectSummary>

/** A session in a list over all projects. */
export const GlobalSession = Type.Object(
  { ...Session.properties, project: Type.Union([ProjectSummary, Type.Null()]) },
  { $id: "GlobalSession" },
)
export type GlobalSession = Static<typeof GlobalSession>
