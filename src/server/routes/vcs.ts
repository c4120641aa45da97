import { Type } from "@sinclair/typebox"
import { VcsApplyError } from "../../schema/error"
import { VcsFileDiff, VcsFileStatus, VcsInfo } from "../../schema/vcs"
import { vcsApply } from "../../vcs/apply"
import { vcsDiff, vcsDiffRaw, vcsStatus } from "../../vcs/diff"
import { getVcs } from "../../vcs/vcs"
import { json } from "../answers"
import { type Route, route } from "../route"

const tags = ["instance"]

export const vcsRoutes: Route[] = [
  route(
    "GET",
    "/vcs",
    {
      id: "vcs.get",
      tags,
      summary: "Get branches",
      description: "The branch that is checked out and the repository's default one; null outside of git.",
      responses: { 200: json(VcsInfo, "Branches") },
    },
    ({ instance }) => getVcs(instance),
  ),
  route(
    "GET",
    "/vcs/status",
    {
      id: "vcs.status",
      tags,
      summary: "List changed files",
      description: "The files that differ from HEAD; untracked ones count as added.",
      responses: { 200: json(Type.Array(VcsFileStatus), "Changed files") },
    },
    ({ instance }) => vcsStatus(instance),
  ),
  route(
    "GET",
    "/vcs/diff",
    {
      id: "vcs.diff",
      tags,
      summary: "Get changes",
      description: "The changed files with their patches, against HEAD (`git`) or the default branch (`branch`).",
      query: {
        mode: Type.Union([Type.Literal("git"), Type.Literal("branch")]),
        context: Type.Optional(Type.Integer({ minimum: 0 })),
      },
      responses: { 200: json(Type.Array(VcsFileDiff), "Changes") },
    },
    ({ instance, query }) => vcsDiff(instance, query.mode, query.context),
  ),
  route(
    "GET",
    "/vcs/diff/raw",
    {
      id: "vcs.diff.raw",
      tags,
      summary: "Get changes as one patch",
      description: "What differs from HEAD, as a patch that git can apply.",
      responses: { 200: { description: "Patch", schema: Type.String(), contentType: "text/x-diff; charset=utf-8" } },
    },
    ({ instance }) => vcsDiffRaw(instance),
  ),
  route(
    "POST",
    "/vcs/apply",
    {
      id: "vcs.apply",
      tags,
      summary: "Apply a patch",
      description: "Changes the files of the project by a patch, entirely or not at all.",
      body: Type.Object({ patch: Type.String() }),
      responses: {
        200: json(Type.Object({ applied: Type.Boolean() }), "The patch is applied"),
        400: json(VcsApplyError, "The patch does not fit"),
      },
    },
    ({ instance, body }) => vcsApply(instance, body.patch),
  ),
]
