import type { TObject } from "@sinclair/typebox"

const DIALECT = "https://json-schema.org/draft/2020-12/schema"

/** The parameters of a tool as JSON Schema (draft 2020-12), in the form that models and `/experimental/tool` get. */
export const toolSchema = (parameters: TObject): object => ({
  $schema: DIALECT,
  ...(plain(parameters) as object),
})

/** Plain JSON without names, and a choice of strings as one `enum`: some vendors take no `anyOf` of constants. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== "object" || value === null) return value
  const { $id: _, anyOf, ...rest } = value as Record<string, unknown>
  const entries = Object.entries(rest).map(([key, each]) => [key, plain(each)] as const)
  const choices = literals(anyOf)
  return {
    ...(choices ? { type: "string", enum: choices } : anyOf !== undefined && { anyOf: plain(anyOf) }),
    ...Object.fromEntries(entries),
  }
}

function literals(members: unknown): string[] | undefined {
  if (!Array.isArray(members)) return undefined
  const values = members.map((member: { const?: unknown }) => member.const)
  return values.every((each) => typeof each === "string") ? values : undefined
}
