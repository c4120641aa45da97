import { type TSchema, Type } from "@sinclair/typebox"
import { UnauthorizedError } from "../schema/api-error"
import {
  BadRequestError,
  ConfigInvalidError,
  ConfigJsonError,
  InvalidRequestError,
  TagBadRequest,
  UnknownError,
} from "../schema/error"
import { json, tooLargeAnswer } from "./answers"
import type { Route } from "./route"
import type { Answer } from "./route-definition"

const named = <T extends string>(name: T) =>
  Type.Object({ name: Type.Literal(name), data: Type.Object({ message: Type.String() }) })
const InstanceDisposedError = Type.Object({ _tag: Type.Literal("InstanceDisposedError"), message: Type.String() })
const Forbidden = named("Forbidden")
const forms = { name: BadRequestError, tag: TagBadRequest, invalid: InvalidRequestError }

/** All answers of a route: its own, and the errors that any request can get. */
export function answersOf({ definition, path }: Route): Record<number, Answer> {
  const { 400: refused, 403: forbidden, ...own } = definition.responses
  const answers: Record<number, Answer> = {
    400: json(anyOf([...refusals(definition), refused?.schema]), "Bad request"),
    401: path.startsWith("/api/") ? json(UnauthorizedError, "Unauthorized") : { description: "Unauthorized" },
    403: json(anyOf([Forbidden, forbidden?.schema]), "A page of a foreign origin, or a foreign host name"),
    500: json(UnknownError, "Unexpected error"),
    ...own,
  }
  if (definition.scope !== "global")
    answers[503] = json(InstanceDisposedError, "The directory's instance was disposed meanwhile")
  if (definition.body) answers[413] = tooLargeAnswer
  return answers
}

function refusals(definition: Route["definition"]): TSchema[] {
  const { refusal = "name", scope = "instance" } = definition
  const form = forms[refusal]
  // Where a directory is opened, its configuration files are read.
  return scope === "global" ? [form] : [form, ConfigInvalidError, ConfigJsonError]
}

const anyOf = (schemas: (TSchema | undefined)[]): TSchema => {
  const different = [...new Set(schemas.filter((each) => each !== undefined))]
  return different.length === 1 && different[0] ? different[0] : Type.Union(different)
}
