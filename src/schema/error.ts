import { type Static, Type } from "@sinclair/typebox"

export const BadRequestError = Type.Object(
  {
    data: Type.Object({
      message: Type.String(),
      kind: Type.Optional(
        Type.Union([
          Type.Literal("Params"),
          Type.Literal("Headers"),
          Type.Literal("Query"),
          Type.Literal("Body"),
          Type.Literal("Payload"),
        ]),
      ),
    }),
    name: Type.Literal("BadRequest"),
  },
  { $id: "BadRequestError" },
)
export type BadRequestError = Static<typeof BadRequestError>

export const NotFoundError = Type.Object(
  { data: Type.Object({ message: Type.String() }), name: Type.Literal("NotFoundError") },
  { $id: "NotFoundError" },
)
export type NotFoundError = Static<typeof NotFoundError>

export const UnknownError = Type.Object(
  {
    data: Type.Object({ message: Type.String(), ref: Type.Optional(Type.String()) }),
    name: Type.Literal("UnknownError"),
  },
  { $id: "UnknownError" },
)
export type UnknownError = Static<typeof UnknownError>

export const InvalidRequestError = Type.Object(
  {
    _tag: Type.Literal("InvalidRequestError"),
    message: Type.String(),
    field: Type.Optional(Type.String()),
    kind: Type.Optional(Type.String()),
  },
  { $id: "InvalidRequestError" },
)
export type InvalidRequestError = Static<typeof InvalidRequestError>

export const SessionBusyError = Type.Object(
  { sessionID: Type.String(), _tag: Type.Literal("SessionBusyError"), message: Type.String() },
  { $id: "SessionBusyError" },
)
export type SessionBusyError = Static<typeof SessionBusyError>

export const TagBadRequest = Type.Object(
  { _tag: Type.Literal("BadRequest") },
  { $id: "effect_HttpApiError_BadRequest" },
)
export type TagBadRequest = Static<typeof TagBadRequest>

export const TagForbidden = Type.Object({ _tag: Type.Literal("Forbidden") }, { $id: "effect_HttpApiError_Forbidden" })
export type TagForbidden = Static<typeof TagForbidden>

export const TagInternalServerError = Type.Object(
  { _tag: Type.Literal("InternalServerError") },
  { $id: "effect_HttpApiError_InternalServerError" },
)
export type TagInternalServerError = Static<typeof TagInternalServerError>

export const PermissionNotFoundError = Type.Object(
  { _tag: Type.Literal("PermissionNotFoundError"), message: Type.String(), requestID: Type.String() },
  { $id: "PermissionNotFoundError" },
)
export type PermissionNotFoundError = Static<typeof PermissionNotFoundError>

export const QuestionNotFoundError = Type.Object(
  { _tag: Type.Literal("QuestionNotFoundError"), message: Type.String(), requestID: Type.String() },
  { $id: "QuestionNotFoundError" },
)
export type QuestionNotFoundError = Static<typeof QuestionNotFoundError>

export const McpServerNotFoundError = Type.Object(
  { _tag: Type.Literal("McpServerNotFoundError"), message: Type.String(), name: Type.String() },
  { $id: "McpServerNotFoundError" },
)
export type McpServerNotFoundError = Static<typeof McpServerNotFoundError>

export const McpUnsupportedOAuthError = Type.Object({ error: Type.String() }, { $id: "McpUnsupportedOAuthError" })
export type McpUnsupportedOAuthError = Static<typeof McpUnsupportedOAuthError>

export const PtyNotFoundError = Type.Object(
  { _tag: Type.Literal("PtyNotFoundError"), message: Type.String(), ptyID: Type.String() },
  { $id: "PtyNotFoundError" },
)
export type PtyNotFoundError = Static<typeof PtyNotFoundError>

export const PtyForbiddenError = Type.Object(
  { _tag: Type.Literal("PtyForbiddenError"), message: Type.String() },
  { $id: "PtyForbiddenError" },
)
export type PtyForbiddenError = Static<typeof PtyForbiddenError>

export const ProjectNotFoundError = Type.Object(
  { _tag: Type.Literal("ProjectNotFoundError"), message: Type.String(), projectID: Type.String() },
  { $id: "ProjectNotFoundError" },
)
export type ProjectNotFoundError = Static<typeof ProjectNotFoundError>

export const VcsApplyError = Type.Object(
  {
    data: Type.Object({
      message: Type.String(),
      reason: Type.Union([Type.Literal("non-git"), Type.Literal("not-clean")]),
    }),
    name: Type.Literal("VcsApplyError"),
  },
  { $id: "VcsApplyError" },
)
export type VcsApplyError = Static<typeof VcsApplyError>

export const MoveSessionError = Type.Object(
  { data: Type.Object({ message: Type.String() }), name: Type.Literal("MoveSessionError") },
  { $id: "MoveSessionError" },
)
export type MoveSessionError = Static<typeof MoveSessionError>

export const ProjectCopyError = Type.Object(
  {
    data: Type.Object({ message: Type.String(), forceRequired: Type.Optional(Type.Boolean()) }),
    name: Type.Literal("ProjectCopyError"),
  },
  { $id: "ProjectCopyError" },
)
export type ProjectCopyError = Static<typeof ProjectCopyError>

export const WorkspaceCreateError = Type.Object(
  { data: Type.Object({ message: Type.String() }), name: Type.Literal("WorkspaceCreateError") },
  { $id: "WorkspaceCreateError" },
)
export type WorkspaceCreateError = Static<typeof WorkspaceCreateError>

export const WorkspaceWarpError = Type.Object(
  { data: Type.Object({ message: Type.String() }), name: Type.Literal("WorkspaceWarpError") },
  { $id: "WorkspaceWarpError" },
)
export type WorkspaceWarpError = Static<typeof WorkspaceWarpError>

export const WorktreeError = Type.Object(
  {
    data: Type.Object({ message: Type.String() }),
    name: Type.Union([
      Type.Literal("WorktreeNotGitError"),
      Type.Literal("WorktreeNameGenerationFailedError"),
      Type.Literal("WorktreeCreateFailedError"),
      Type.Literal("WorktreeStartCommandFailedError"),
      Type.Literal("WorktreeRemoveFailedError"),
      Type.Literal("WorktreeResetFailedError"),
      Type.Literal("WorktreeListFailedError"),
    ]),
  },
  { $id: "WorktreeError" },
)
export type WorktreeError = Static<typeof WorktreeError>

const configIssue = Type.Object({ path: Type.Array(Type.String()), message: Type.String() })

export const ConfigInvalidError = Type.Object(
  {
    data: Type.Object({
      path: Type.String(),
      issues: Type.Optional(Type.Array(configIssue)),
      message: Type.Optional(Type.String()),
    }),
    name: Type.Literal("ConfigInvalidError"),
  },
  { $id: "ConfigInvalidError" },
)
export type ConfigInvalidError = Static<typeof ConfigInvalidError>

export const ConfigJsonError = Type.Object(
  {
    data: Type.Object({ path: Type.String(), message: Type.String() }),
    name: Type.Literal("ConfigJsonError"),
  },
  { $id: "ConfigJsonError" },
)
export type ConfigJsonError = Static<typeof ConfigJsonError>
