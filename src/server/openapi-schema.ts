import { KindGuard, type TSchema } from "@sinclair/typebox"

export type JSONObject = Record<string, unknown>

/** The schemas of a document: what has an `$id` becomes a component of that name and is referred to everywhere. */
export interface SchemaWriter {
  readonly components: JSONObject
  /** The schema as OpenAPI 3.1 (JSON Schema 2020-12) has it. */
  write(schema: TSchema): JSONObject
}

/** Keywords that mean the same in TypeBox and in the document. */
const KEYWORDS = [
  "description",
  "pattern",
  "minLength",
  "maxLength",
  "minimum",
  "maximum",
  "exclusiveMinimum",
  "exclusiveMaximum",
  "minItems",
  "maxItems",
  "default",
]

export function createSchemaWriter(): SchemaWriter {
  const components: JSONObject = {}

  const write = (schema: TSchema): JSONObject => {
    const name = schema.$id
    if (name === undefined) return inline(schema)
    const body = JSON.stringify(schema)
    const known = sources.get(name)
    if (known !== undefined && known !== body) throw new Error(`Two different schemas are called ${name}`)
    if (known === undefined) {
      sources.set(name, body)
      components[name] = inline(schema)
    }
    return { $ref: `#/components/schemas/${name}` }
  }
  const sources = new Map<string, string>()

  const inline = (schema: TSchema): JSONObject => ({ ...structure(schema), ...keywords(schema) })

  const structure = (schema: TSchema): JSONObject => {
    if (KindGuard.IsLiteral(schema)) return { type: typeof schema.const, enum: [schema.const] }
    if (KindGuard.IsUnion(schema)) {
      const words = schema.anyOf.map((each) => (KindGuard.IsLiteral(each) ? each.const : undefined))
      if (words.every((word) => typeof word === "string")) return { type: "string", enum: words }
      return { anyOf: schema.anyOf.map(write) }
    }
    if (KindGuard.IsObject(schema))
      return {
        type: "object",
        properties: mapValues(schema.properties, write),
        ...(schema.required?.length && { required: schema.required }),
        ...(KindGuard.IsSchema(schema.additionalProperties) && {
          additionalProperties: write(schema.additionalProperties),
        }),
      }
    if (KindGuard.IsRecord(schema)) {
      const [value] = Object.values(schema.patternProperties)
      return { type: "object", additionalProperties: value ? write(value) : {} }
    }
    if (KindGuard.IsArray(schema)) return { type: "array", items: write(schema.items) }
    if (KindGuard.IsTuple(schema)) return { type: "array", prefixItems: (schema.items ?? []).map(write) }
    return typeof schema.type === "string" ? { type: schema.type } : {}
  }

  return { components, write }
}

const keywords = (schema: TSchema): JSONObject =>
  Object.fromEntries(KEYWORDS.flatMap((key) => (schema[key] === undefined ? [] : [[key, schema[key]]])))

const mapValues = (schemas: Record<string, TSchema>, write: (schema: TSchema) => JSONObject) =>
  Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, write(schema)]))
