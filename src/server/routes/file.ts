import { Type } from "@sinclair/typebox"
import { readContent } from "../../file/content"
import { listDirectory } from "../../file/list"
import { File, FileContent, FileNode } from "../../schema/file"
import { fileStatus } from "../../vcs/diff"
import { json, notFoundAnswer, tooLargeAnswer } from "../answers"
import { type Route, route } from "../route"

const tags = ["file"]
const query = { path: Type.String() }
const line = Type.Optional(Type.Integer({ minimum: 1 }))

export const fileRoutes: Route[] = [
  route(
    "GET",
    "/file",
    {
      id: "file.list",
      tags,
      summary: "List a directory",
      description: "The entries of a directory of the project, directories first.",
      query,
      responses: { 200: json(Type.Array(FileNode), "Entries"), 404: notFoundAnswer },
    },
    ({ instance, query }) => listDirectory(instance, query.path),
  ),
  route(
    "GET",
    "/file/content",
    {
      id: "file.read",
      tags,
      summary: "Read a file",
      description:
        "A file of the project: text as it is, anything else in base64. Of a text, `offset` and `limit` choose lines; the first one has the number 1.",
      query: { ...query, offset: line, limit: line },
      responses: { 200: json(FileContent, "Content"), 404: notFoundAnswer, 413: tooLargeAnswer },
    },
    ({ instance, query }) => readContent(instance, query.path, query),
  ),
  route(
    "GET",
    "/file/status",
    {
      id: "file.status",
      tags,
      summary: "List changed files",
      description: "The files that differ from HEAD, with the number of lines added and removed.",
      responses: { 200: json(Type.Array(File), "Changed files") },
    },
    ({ instance }) => fileStatus(instance),
  ),
]
