import { Value, type ValueError } from "@sinclair/typebox/value"
import { answersOf } from "../../src/server/common-answers"
import type { Route } from "../../src/server/route"
import { findByPath, tidyPath } from "../../src/server/route-path"

/** Throws unless an answer of a mounted route is one that its route documents. */
export function checkDocumented(
  routes: readonly Route[],
  request: { method: string; path: string },
  answer: { status: number; type: string | null; body: unknown },
): void {
  const path = tidyPath(new URL(request.path, "http://localhost").pathname)
  const found = findByPath(routes, path).filter(({ route }) => route.method === request.method)
  // Fixed words are meant before parameters, as the router has it.
  const route = found.sort((a, b) => parameters(a.route) - parameters(b.route))[0]?.route
  if (!route || route.definition.hidden) return
  const where = `${request.method} ${route.path} answered ${answer.status}`
  const documented = answersOf(route)[answer.status]
  if (!documented) throw new Error(`${where}, which is not documented: ${JSON.stringify(answer.body)}`)
  if (!documented.schema) {
    if (answer.body !== undefined && answer.body !== "") throw new Error(`${where} with a body, documented without one`)
    return
  }
  if (!answer.type?.startsWith("application/json")) return
  // To look for errors takes many times as long as to see that there is none.
  if (Value.Check(documented.schema, answer.body)) return
  const error: ValueError | undefined = Value.Errors(documented.schema, answer.body).First()
  throw new Error(
    `${where} with a body that is not as documented: ${error?.message} at ${error?.path} in ${JSON.stringify(answer.body)?.slice(0, 2000)}`,
  )
}

const parameters = (route: Route) => route.path.split(":").length
