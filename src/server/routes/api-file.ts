import { Type } from "@sinclair/typebox"
import { badRequest } from "../../base/error"
import { findFiles } from "../../file/find"
import { listDirectory } from "../../file/list"
import { openFile } from "../../file/open"
import { FileSystemEntry } from "../../schema/api-file"
import { notFoundAnswer } from "../answers"
import { located, locatedAnswer, locationQuery } from "../api/location"
import { type Route, route } from "../route"

const entries = Type.Array(FileSystemEntry)

export const apiFileRoutes: Route[] = [
  route(
    "GET",
    "/api/fs/find",
    {
      id: "v2.fs.find",
      tags: ["v2"],
      summary: "Find files",
      description: "Paths of the project that somebody may mean by a few letters, the best first.",
      refusal: "invalid",
      query: {
        ...locationQuery,
        query: Type.String(),
        type: Type.Optional(Type.Union([Type.Literal("file"), Type.Literal("directory")])),
        limit: Type.Optional(Type.Integer({ minimum: 1 })),
      },
      responses: { 200: locatedAnswer(entries, "Entries") },
    },
    async ({ instance, query: { query, type, limit } }) =>
      located(
        instance,
        (await findFiles(instance, { query, ...(type && { type }), ...(limit && { limit }) })).map(entryOf),
      ),
  ),
  route(
    "GET",
    "/api/fs/list",
    {
      id: "v2.fs.list",
      tags: ["v2"],
      summary: "List a directory",
      description: "The entries of a directory of the project, directories first.",
      refusal: "invalid",
      query: { ...locationQuery, path: Type.Optional(Type.String()) },
      responses: { 200: locatedAnswer(entries, "Entries"), 404: notFoundAnswer },
    },
    async ({ instance, query }) =>
      located(
        instance,
        (await listDirectory(instance, query.path ?? "")).map(({ path }) => entryOf(path)),
      ),
  ),
  route(
    "GET",
    "/api/fs/read/*",
    {
      id: "v2.fs.read",
      tags: ["v2"],
      summary: "Read a file",
      description: "The bytes of a file of the project.",
      refusal: "invalid",
      params: { "*": Type.String() },
      query: locationQuery,
      responses: {
        200: { description: "Content", schema: Type.Uint8Array(), contentType: "application/octet-stream" },
        404: notFoundAnswer,
      },
    },
    async ({ instance, params }) => fileResponse(await openFile(instance, decodedPath(params["*"]))),
  ),
]

const entryOf = (path: string): FileSystemEntry => ({ path, type: path.endsWith("/") ? "directory" : "file" })

/** The router leaves the rest of a path as it was sent. */
function decodedPath(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    throw badRequest(`Not a path in percent encoding: ${path}`, "Params")
  }
}

/**
 * The file itself. It may be a page that a hostile repository brought along: opened in a browser it must not run scripts
 * that could use this server as their own.
 */
const fileResponse = (file: Bun.BunFile) =>
  new Response(file, {
    headers: {
      "content-type": file.type || "application/octet-stream",
      "content-security-policy": "sandbox; default-src 'none'",
      "x-content-type-options": "nosniff",
    },
  })
