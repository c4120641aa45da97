import { KindGuard, type TObject, type TProperties, type TSchema, Type } from "@sinclair/typebox"

/** What decoded parameters are checked against: a text that is no boolean is told the texts that are. */
export function querySchema(parameters: TProperties): TObject {
  const Flag = Type.Union([Type.Boolean(), Type.Literal("true"), Type.Literal("false")])
  const strict = (schema: TSchema) =>
    !KindGuard.IsBoolean(schema) ? schema : KindGuard.IsOptional(schema) ? Type.Optional(Flag) : Flag
  return Type.Object(Object.fromEntries(Object.entries(parameters).map(([name, schema]) => [name, strict(schema)])))
}

/**
 * The query of a URL as the schemas of its parameters want it: numbers and booleans out of their texts, repeated names
 * as arrays, `name[key]=value` as objects. Text that does not fit is left to the check that follows. Where a name is
 * repeated but one value is wanted, the first counts.
 */
export function decodeQuery(parameters: TProperties, query: URLSearchParams): Record<string, unknown> {
  const values: Record<string, unknown> = {}
  for (const [name, schema] of Object.entries(parameters)) {
    const value = decodeParameter(schema, name, query)
    if (value !== undefined) values[name] = value
  }
  return values
}

function decodeParameter(schema: TSchema, name: string, query: URLSearchParams): unknown {
  if (KindGuard.IsObject(schema)) {
    const keys = Object.keys(schema.properties).filter((key) => query.has(`${name}[${key}]`))
    if (keys.length === 0) return query.get(name) ?? undefined
    return Object.fromEntries(keys.map((key) => [key, query.get(`${name}[${key}]`)]))
  }
  if (KindGuard.IsArray(schema))
    return query.has(name) ? query.getAll(name).map((text) => decodeText(schema.items, text)) : undefined
  const text = query.get(name)
  return text === null ? undefined : decodeText(schema, text)
}

function decodeText(schema: TSchema, text: string): unknown {
  if (KindGuard.IsInteger(schema)) return toNumber(text)
  if (KindGuard.IsNumber(schema)) {
    // Only integers are strict: clients rely on it that a time or limit which is no number is like none at all.
    const number = toNumber(text)
    return Number.isNaN(number) ? undefined : number
  }
  if (KindGuard.IsBoolean(schema) || (KindGuard.IsUnion(schema) && schema.anyOf.some(KindGuard.IsBoolean)))
    return text === "true" ? true : text === "false" ? false : text
  return text
}

/** What is beyond the numbers that can be counted with means the last of them. */
function toNumber(text: string): number {
  if (text.trim() === "") return Number.NaN
  return Math.max(-Number.MAX_SAFE_INTEGER, Math.min(Number(text), Number.MAX_SAFE_INTEGER))
}
