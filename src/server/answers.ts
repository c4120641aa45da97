import { type TSchema, Type } from "@sinclair/typebox"
import { NotFoundError } from "../schema/error"
import type { Answer } from "./route-definition"

/** A JSON answer of a schema. */
export const json = <T extends TSchema>(schema: T, description: string) => ({ schema, description })

/** The answer of routes that do something and say only that it is done: `true`, unless the handler answers a boolean. */
export const done = (description: string) => ({ ...json(Type.Boolean(), description), done: true as const })

/** An answer without content. */
export const empty = (description: string): Answer => ({ description })

/** What was sent, or asked for, is larger than the server handles. */
export const tooLargeAnswer = json(
  Type.Object({ name: Type.Literal("PayloadTooLarge"), data: Type.Object({ message: Type.String() }) }),
  "Too large",
)

/** What the path or body names is not there. */
export const notFoundAnswer = json(NotFoundError, "Not found")
