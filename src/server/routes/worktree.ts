import { Type } from "@sinclair/typebox"
import { WorktreeError } from "../../schema/error"
import { Worktree, WorktreeCreateInput, WorktreeRemoveInput, WorktreeResetInput } from "../../schema/worktree"
import { createWorktree, listWorktrees, removeWorktree, resetWorktree } from "../../vcs/worktree"
import { done, json } from "../answers"
import { type Route, route } from "../route"

const tags = ["experimental"]
const refused = json(WorktreeError, "The worktree cannot be had")

export const worktreeRoutes: Route[] = [
  route(
    "GET",
    "/experimental/worktree",
    {
      id: "worktree.list",
      tags,
      summary: "List worktrees",
      description: "The directories of the repository's linked worktrees.",
      responses: { 200: json(Type.Array(Type.String()), "Directories"), 400: refused },
    },
    ({ instance }) => listWorktrees(instance),
  ),
  route(
    "POST",
    "/experimental/worktree",
    {
      id: "worktree.create",
      tags,
      summary: "Create a worktree",
      description: "Makes a linked worktree with a branch of its own. A start command runs in it afterwards.",
      body: WorktreeCreateInput,
      responses: { 200: json(Worktree, "The worktree"), 400: refused },
    },
    ({ instance, body }) => createWorktree(instance, body),
  ),
  route(
    "DELETE",
    "/experimental/worktree",
    {
      id: "worktree.remove",
      tags,
      summary: "Remove a worktree",
      description: "Removes a linked worktree with all that is in it, and the branch that was made for it.",
      body: WorktreeRemoveInput,
      responses: { 200: done("The worktree is removed"), 400: refused },
    },
    ({ instance, body }) => removeWorktree(instance, body.directory),
  ),
  route(
    "POST",
    "/experimental/worktree/reset",
    {
      id: "worktree.reset",
      tags,
      summary: "Reset a worktree",
      description: "Brings a linked worktree back to the default branch; what was changed in it is lost.",
      body: WorktreeResetInput,
      responses: { 200: done("The worktree is reset"), 400: refused },
    },
    ({ instance, body }) => resetWorktree(instance, body.directory),
  ),
]
