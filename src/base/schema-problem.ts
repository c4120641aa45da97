import { KindGuard, type TObject, type TRecord, type TSchema, type TUnion, Type } from "@sinclair/typebox"
import { Value } from "@sinclair/typebox/value"

/** What is wrong in a value, and where: keys of objects and indexes of arrays from the outside in. */
export interface Problem {
  path: (string | number)[]
  message: string
}

/** What an optional field may also be. Requests may send `null` for a field they leave out, configuration files may not. */
export type Absent = "null" | "undefined"

/** The first problem of `value`, in the order in which the schema names its fields; undefined when it fits. */
export function firstProblem(schema: TSchema, value: unknown, absent: Absent = "null"): Problem | undefined {
  for (const problem of problemsOf(schema, value, [], absent)) return problem
  return undefined
}

/** All problems of `value`. Of the members of a union only the one that was most likely meant is reported. */
export function listProblems(schema: TSchema, value: unknown, absent: Absent = "undefined"): Problem[] {
  return [...problemsOf(schema, value, [], absent)]
}

/** A problem as one text: the message, and on a line of its own where it is. */
export const problemText = ({ path, message }: Problem) =>
  path.length === 0 ? message : `${message}\n  at ${path.map((key) => `[${JSON.stringify(key)}]`).join("")}`

/**
 * The part of a value without problems that its schema names: unknown keys are left out, and so are optional fields that
 * are null. A field with a schema of its own freedom (`Unknown`) is taken as it is.
 */
export function cleanValue(schema: TSchema, value: unknown): unknown {
  if (KindGuard.IsUnion(schema)) {
    const member = schema.anyOf.find((each) => firstProblem(each, value) === undefined)
    return member ? cleanValue(member, value) : value
  }
  if (KindGuard.IsArray(schema)) return isList(value) ? value.map((each) => cleanValue(schema.items, each)) : value
  if (!(KindGuard.IsObject(schema) || KindGuard.IsRecord(schema)) || !isObject(value)) return value
  const clean: Record<string, unknown> = {}
  for (const [key, each] of Object.entries(value)) {
    const own = fieldSchema(schema, key)
    // Assigning to `__proto__` would change the object's prototype instead of adding a key.
    if (!own || key === "__proto__" || each === undefined) continue
    if (each === null && KindGuard.IsOptional(own) && !accepts(own, null)) continue
    clean[key] = cleanValue(own, each)
  }
  return clean
}

function* problemsOf(schema: TSchema, value: unknown, path: Problem["path"], absent: Absent): Generator<Problem> {
  if (!hasType(schema, value)) return yield mismatch(describe(schema), value, path)
  if (KindGuard.IsUnion(schema)) return yield* unionProblems(schema, value, path, absent)
  if (KindGuard.IsObject(schema) || KindGuard.IsRecord(schema)) {
    if (isObject(value)) yield* fieldProblems(schema, value, path, absent)
  } else if (KindGuard.IsArray(schema) && isList(value)) {
    for (const [index, each] of value.entries()) yield* problemsOf(schema.items, each, [...path, index], absent)
    if (value.length < (schema.minItems ?? 0))
      yield mismatch(`at least ${schema.minItems} elements`, value.length, path)
    if (value.length > (schema.maxItems ?? Number.POSITIVE_INFINITY))
      yield mismatch(`at most ${schema.maxItems} elements`, value.length, path)
  } else if (typeof value === "string") yield* stringProblems(schema, value, path)
  else if (typeof value === "number") yield* numberProblems(schema, value, path)
  else if (!Value.Check(schema, value)) yield mismatch(describe(schema), value, path)
}

function* fieldProblems(
  schema: TObject | TRecord,
  value: Record<string, unknown>,
  path: Problem["path"],
  absent: Absent,
): Generator<Problem> {
  const known = KindGuard.IsObject(schema) ? schema.properties : {}
  for (const [key, own] of Object.entries(known)) {
    const field = Object.hasOwn(value, key) ? value[key] : undefined
    const optional = KindGuard.IsOptional(own)
    const here = [...path, key]
    if (field === undefined) {
      if (!optional) yield { path: here, message: "Missing key" }
    } else if (!optional) yield* problemsOf(own, field, here, absent)
    else if (field === null && absent === "null") continue
    else if (!hasType(own, field)) yield mismatch(`${describe(own)} | ${absent}`, field, here)
    else yield* problemsOf(own, field, here, absent)
  }
  for (const [key, field] of Object.entries(value)) {
    const own = Object.hasOwn(known, key) ? undefined : fieldSchema(schema, key)
    if (own && field !== undefined) yield* problemsOf(own, field, [...path, key], absent)
  }
}

function* unionProblems(schema: TUnion, value: unknown, path: Problem["path"], absent: Absent): Generator<Problem> {
  const meant: TSchema[] = []
  for (const member of schema.anyOf) {
    if (firstProblem(member, value, absent) === undefined) return
    if (isMeant(member, value)) meant.push(member)
  }
  const [first] = meant
  if (!first) yield mismatch(describe(schema), value, path)
  else if (meant.every(KindGuard.IsLiteral)) yield mismatch(schema.$id ?? joined(meant), value, path)
  else yield* problemsOf(first, value, path, absent)
}

function* stringProblems(schema: TSchema, value: string, path: Problem["path"]): Generator<Problem> {
  if (fits(schema, value)) return
  // A schema may say in its own words what its pattern means.
  if (typeof schema.expected === "string") return yield { path, message: `Expected ${schema.expected}` }
  const { pattern, minLength = 0, maxLength = Number.POSITIVE_INFINITY } = KindGuard.IsString(schema) ? schema : {}
  if (value.length < minLength) yield mismatch(`a string of at least ${minLength} characters`, value, path)
  else if (value.length > maxLength) yield mismatch(`a string of at most ${maxLength} characters`, value, path)
  else if (pattern === undefined) yield mismatch(describe(schema), value, path)
  else if (/^\^\w+$/.test(pattern))
    yield mismatch(`a string starting with ${JSON.stringify(pattern.slice(1))}`, value, path)
  else yield mismatch(`a string matching ${pattern}`, value, path)
}

function* numberProblems(schema: TSchema, value: number, path: Problem["path"]): Generator<Problem> {
  if (fits(schema, value)) return
  if (KindGuard.IsInteger(schema) && !Number.isInteger(value)) yield mismatch("an integer", value, path)
  else if (value < schema.minimum) yield mismatch(`a value greater than or equal to ${schema.minimum}`, value, path)
  else if (value > schema.maximum) yield mismatch(`a value less than or equal to ${schema.maximum}`, value, path)
  else if (value <= schema.exclusiveMinimum)
    yield mismatch(`a value greater than ${schema.exclusiveMinimum}`, value, path)
  else if (value >= schema.exclusiveMaximum) yield mismatch(`a value less than ${schema.exclusiveMaximum}`, value, path)
  else yield mismatch(Number.isFinite(value) ? describe(schema) : "a finite number", value, path)
}

/** Whether the value is of the schema's outermost kind, whatever is inside. */
function hasType(schema: TSchema, value: unknown): boolean {
  if (KindGuard.IsUnion(schema)) return schema.anyOf.some((each) => hasType(each, value))
  if (KindGuard.IsLiteral(schema)) return typeof value === typeof schema.const
  if (KindGuard.IsString(schema)) return typeof value === "string"
  if (KindGuard.IsNumber(schema) || KindGuard.IsInteger(schema)) return typeof value === "number"
  if (KindGuard.IsBoolean(schema)) return typeof value === "boolean"
  if (KindGuard.IsNull(schema)) return value === null
  if (KindGuard.IsArray(schema) || KindGuard.IsTuple(schema)) return isList(value)
  if (KindGuard.IsObject(schema) || KindGuard.IsRecord(schema)) return isObject(value)
  return value !== undefined
}

/** Whether the value was most likely meant as this member of a union: its kind, and its literal fields, are the same. */
function isMeant(schema: TSchema, value: unknown): boolean {
  if (KindGuard.IsUnion(schema)) return schema.anyOf.some((each) => isMeant(each, value))
  if (!hasType(schema, value)) return false
  if (!KindGuard.IsObject(schema) || !isObject(value)) return true
  return literalFields(schema).every(([key, literal]) => value[key] === literal)
}

const literalFields = (schema: TObject) =>
  Object.entries(schema.properties).flatMap(([key, own]) =>
    KindGuard.IsLiteral(own) && !KindGuard.IsOptional(own) ? [[key, own.const] as const] : [],
  )

function fieldSchema(schema: TObject | TRecord, key: string): TSchema | undefined {
  if (KindGuard.IsObject(schema) && Object.hasOwn(schema.properties, key)) return schema.properties[key]
  if (KindGuard.IsRecord(schema))
    for (const [pattern, own] of Object.entries(schema.patternProperties)) if (new RegExp(pattern).test(key)) return own
  if (schema.additionalProperties === true) return ANYTHING
  return KindGuard.IsSchema(schema.additionalProperties) ? schema.additionalProperties : undefined
}

function describe(schema: TSchema): string {
  if (KindGuard.IsUnion(schema)) return schema.$id ?? joined(schema.anyOf)
  if (KindGuard.IsLiteral(schema)) return JSON.stringify(schema.const)
  if (KindGuard.IsInteger(schema)) return "number"
  if (KindGuard.IsArray(schema) || KindGuard.IsTuple(schema)) return "array"
  if (KindGuard.IsObject(schema) || KindGuard.IsRecord(schema)) return "object"
  return typeof schema.type === "string" ? schema.type : "a value"
}

const joined = (members: TSchema[]) => members.map(describeMember).join(" | ")

function describeMember(schema: TSchema): string {
  const fields = KindGuard.IsObject(schema) ? literalFields(schema) : []
  if (fields.length === 0) return describe(schema)
  return `{ ${fields.map(([key, literal]) => `readonly "${key}": ${JSON.stringify(literal)}`).join(", ")}, ... }`
}

const ANYTHING = Type.Unknown()
const MAX_SHOWN = 500

function mismatch(expected: string, value: unknown, path: Problem["path"]): Problem {
  const text = typeof value === "number" ? String(value) : (JSON.stringify(value) ?? String(value))
  const got = text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}...` : text
  return { path, message: `Expected ${expected}, got ${got}` }
}

const accepts = (schema: TSchema, value: unknown) => firstProblem(schema, value) === undefined
const isList = (value: unknown): value is unknown[] => Array.isArray(value)
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value)
// Answers a plain boolean: the library's type guard would narrow the value to `never` where it does not fit.
const fits = (schema: TSchema, value: unknown): boolean => Value.Check(schema, value)
