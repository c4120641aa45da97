import { WireError } from "../base/error"

/** One thing that is wrong in a configuration file: where in the document, and what. */
export interface ConfigIssue {
  path: string[]
  message: string
}

/** 400: the file is well formed, but something in it is not what a configuration may say. */
export const configInvalid = (path: string, issues: ConfigIssue[]) =>
  new WireError(
    400,
    { name: "ConfigInvalidError", data: { path, issues } },
    `Invalid configuration in ${path}: ${issues.map(issueText).join("; ")}`,
  )

/** 400: something that the file refers to cannot be used. */
export const configUnusable = (path: string, message: string) =>
  new WireError(400, { name: "ConfigInvalidError", data: { path, message } }, `${path}: ${message}`)

/** 400: the file is not JSON. `message` names line, column and reason; it never quotes the file, which may hold keys. */
export const configNotJson = (path: string, message: string) =>
  new WireError(400, { name: "ConfigJsonError", data: { path, message } }, `${path}: ${message}`)

const issueText = (issue: ConfigIssue) => (issue.path.length ? `${issue.path.join(".")}: ` : "") + issue.message
