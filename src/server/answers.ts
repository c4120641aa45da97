import { type TSchema, Type } from "@sinclair/typebox"
import { NotFoundError } from "../schema/error"
import type { Answer } from "./route"

/** A JSON answer of a schema. */
export const json = <T extends TSchema>(schema: T, description: string) => ({ schema, description })

/** The answer of routes that say only that it is done. */
export const done = (description: string) => json(Type.Boolean(), description)

/** An answer without content. */
export const empty = (description: string): Answer => ({ description })

/** What the path or body names is not there. */
export const notFoundAnswer = json(NotFoundError, "Not found")
