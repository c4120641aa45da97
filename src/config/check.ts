import type { Static, TSchema } from "@sinclair/typebox"
import { cleanValue, listProblems, type Problem } from "../base/schema-problem"
import { configInvalid } from "./error"
import type { Substitution } from "./substitute"

/**
 * The value with the keys that `schema` knows. Throws a `ConfigInvalidError` with everything that does not fit. A message
 * quotes what was found; for text that `{env:}` or `{file:}` brought in (`places`) it quotes the reference instead.
 */
export function checkConfig<T extends TSchema>(
  schema: T,
  value: unknown,
  path: string,
  places: Substitution[] = [],
): Static<T> {
  const problems = listProblems(schema, value).map((problem) => withoutSecrets(schema, value, problem, places))
  if (problems.length)
    throw configInvalid(
      path,
      problems.map((problem) => ({ path: problem.path.map(String), message: problem.message })),
    )
  return cleanValue(schema, value) as Static<T>
}

function withoutSecrets(schema: TSchema, value: unknown, problem: Problem, places: Substitution[]): Problem {
  const inside = places.filter((place) => startsWith(place.path, problem.path))
  if (inside.length === 0) return problem
  const written = structuredClone(value)
  for (const place of inside) setAt(written, place.path, place.written)
  const same = listProblems(schema, written).find((each) => each.path.join("\0") === problem.path.join("\0"))
  return same ?? { path: problem.path, message: "The inserted value does not fit here" }
}

const startsWith = (path: Problem["path"], start: Problem["path"]) => start.every((key, index) => path[index] === key)

function setAt(value: unknown, path: Problem["path"], text: string): void {
  const [key, ...rest] = path
  if (key === undefined || typeof value !== "object" || value === null) return
  if (rest.length) setAt(Reflect.get(value, key), rest, text)
  else Reflect.set(value, key, text)
}
