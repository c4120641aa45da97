import { Type } from "@sinclair/typebox"
import { notFound, WireError } from "../../base/error"
import { type Instance, openInstance } from "../../instance/instance"
import { VcsApplyError, WorkspaceCreateError, WorkspaceWarpError, WorktreeError } from "../../schema/error"
import { Workspace, WorkspaceEventConnectionStatus } from "../../schema/workspace"
import { moveSession } from "../../session/move"
import {
  createWorkspace,
  findWorkspace,
  listWorkspaces,
  removeWorkspace,
  syncWorkspaces,
  WORKTREE,
  workspaceStatus,
} from "../../vcs/workspace"
import { empty, json, notFoundAnswer } from "../answers"
import { type Route, route } from "../route"

const tags = ["workspace"]
const Adapter = Type.Object({ type: Type.String(), name: Type.String(), description: Type.String() })
const id = Type.String({ pattern: "^wrk" })

export const workspaceRoutes: Route[] = [
  route(
    "GET",
    "/experimental/workspace/adapter",
    {
      id: "experimental.workspace.adapter.list",
      tags,
      summary: "List kinds of workspaces",
      responses: { 200: json(Type.Array(Adapter), "Kinds of workspaces") },
    },
    () => [WORKTREE],
  ),
  route(
    "GET",
    "/experimental/workspace",
    {
      id: "experimental.workspace.list",
      tags,
      summary: "List workspaces",
      description: "The project's worktrees that have an id, by which requests may name them in place of a directory.",
      responses: { 200: json(Type.Array(Workspace), "Workspaces") },
    },
    ({ instance }) => listWorkspaces(instance),
  ),
  route(
    "POST",
    "/experimental/workspace",
    {
      id: "experimental.workspace.create",
      tags,
      summary: "Create a workspace",
      description: "Makes a worktree with a branch of its own, named after `branch`.",
      body: Type.Object({
        type: Type.String(),
        id: Type.Optional(id),
        branch: Type.Optional(Type.Union([Type.String(), Type.Null()])),
        extra: Type.Optional(Type.Union([Type.Unknown(), Type.Null()])),
      }),
      responses: { 200: json(Workspace, "The workspace"), 400: json(WorkspaceCreateError, "It cannot be made") },
    },
    ({ instance, body }) => createWorkspace(instance, body),
  ),
  route(
    "POST",
    "/experimental/workspace/sync-list",
    {
      id: "experimental.workspace.syncList",
      tags,
      summary: "Register workspaces",
      description: "Gives an id to each worktree that this server has made and that has none.",
      responses: { 204: empty("They have ids") },
    },
    ({ instance }) => syncWorkspaces(instance),
  ),
  route(
    "GET",
    "/experimental/workspace/status",
    {
      id: "experimental.workspace.status",
      tags,
      summary: "Get status of workspaces",
      description: "Connected are those whose directory is there.",
      responses: { 200: json(Type.Array(WorkspaceEventConnectionStatus), "Status by workspace") },
    },
    ({ instance }) => workspaceStatus(instance),
  ),
  route(
    "POST",
    "/experimental/workspace/warp",
    {
      id: "experimental.workspace.warp",
      tags,
      summary: "Move a session into a workspace",
      description:
        "With the id null it goes back to the project's main checkout. Changes that were not committed are copied if asked for.",
      body: Type.Object({
        id: Type.Union([id, Type.Null()]),
        sessionID: Type.String({ pattern: "^ses" }),
        copyChanges: Type.Optional(Type.Boolean()),
      }),
      responses: {
        204: empty("The session is there"),
        400: json(Type.Union([WorkspaceWarpError, VcsApplyError]), "It cannot be moved"),
        404: notFoundAnswer,
      },
    },
    ({ instance, body }) => warp(instance, body),
  ),
  route(
    "DELETE",
    "/experimental/workspace/:id",
    {
      id: "experimental.workspace.remove",
      tags,
      summary: "Remove a workspace",
      description: "Removes its worktree with all that is in it. Answers null for one that is not there.",
      params: { id },
      responses: {
        200: json(Type.Union([Workspace, Type.Null()]), "The workspace as it was"),
        400: json(WorktreeError, "It cannot be removed"),
      },
    },
    ({ instance, params }) => removeWorkspace(instance, params.id),
  ),
]

async function warp(
  instance: Instance,
  { id, sessionID, copyChanges }: { id: string | null; sessionID: string; copyChanges?: boolean },
): Promise<void> {
  await moveSession(await targetOf(instance, id), sessionID, {
    ...(copyChanges && { changes: "copy" }),
    ...(id !== null && { workspaceID: id }),
  }).catch((error: unknown) => {
    throw error instanceof WireError && error.status === 409 ? warpError(error.message) : error
  })
}

async function targetOf({ app, project }: Instance, id: string | null): Promise<Instance> {
  if (id === null) return openInstance(app, project.worktree === "/" ? app.directory : project.worktree)
  const workspace = await findWorkspace(app, id)
  if (!workspace) throw notFound(`Workspace not found: ${id}`)
  return openInstance(app, workspace.directory)
}

const warpError = (message: string) => new WireError(400, { name: "WorkspaceWarpError", data: { message } }, message)
