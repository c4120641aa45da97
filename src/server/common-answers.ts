import { type TSchema, Type } from "@sinclair/typebox"
import {
  BadRequestError,
  ConfigInvalidError,
  ConfigJsonError,
  InvalidRequestError,
  TagBadRequest,
  UnknownError,
} from "../schema/error"
import { json } from "./answers"
import type { Answer, Route } from "./route"

const TooLarge = Type.Object({ name: Type.Literal("PayloadTooLarge"), data: Type.Object({ message: Type.String() }) })
const forms = { name: BadRequestError, tag: TagBadRequest, invalid: InvalidRequestError }

/** All answers of a route: its own, and the errors that any request can get. */
export function answersOf({ definition }: Route): Record<number, Answer> {
  const { 400: refused, ...own } = definition.responses
  const answers: Record<number, Answer> = {
    400: json(anyOf([...refusals(definition), ...(refused?.schema ? [refused.schema] : [])]), "Bad request"),
    401: { description: "Unauthorized" },
    500: json(UnknownError, "Unexpected error"),
    ...own,
  }
  if (definition.body) answers[413] = json(TooLarge, "Body too large")
  return answers
}

function refusals(definition: Route["definition"]): TSchema[] {
  const { refusal = "name", scope = "instance" } = definition
  const form = forms[refusal]
  // Where a directory is opened, its configuration files are read.
  return scope === "global" ? [form] : [form, ConfigInvalidError, ConfigJsonError]
}

const anyOf = (schemas: TSchema[]): TSchema => {
  const different = [...new Set(schemas)]
  return different.length === 1 && different[0] ? different[0] : Type.Union(different)
}
