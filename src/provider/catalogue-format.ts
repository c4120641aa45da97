import type { ModelFacts, ProviderFacts } from "./models-dev"

interface Head {
  /** Epoch milliseconds of the facts. */
  date: number
  variants: Record<string, Record<string, unknown>>[]
  providers: Omit<ProviderFacts, "models">[]
}

/**
 * The catalogue as lines of JSON: first a head with the date, the providers and a table of the variants that occur, then
 * the models of each provider. So the models of one provider can be parsed without the other 200.
 */
export function catalogueLines(providers: ProviderFacts[], date: number): string {
  const table = new Map<string, number>()
  const numbered = (variants: unknown) => {
    const text = JSON.stringify(variants)
    if (!table.has(text)) table.set(text, table.size)
    return table.get(text)
  }
  const lines = providers.map(({ models }) =>
    JSON.stringify(
      Object.fromEntries(
        Object.entries(models).map(([id, { variants, ...facts }]) => [
          id,
          variants ? { ...facts, variants: numbered(variants) } : facts,
        ]),
      ),
    ),
  )
  const heads = providers.map(({ models: _, ...head }) => head)
  const head: Head = { date, variants: [...table.keys()].map((text) => JSON.parse(text)), providers: heads }
  return [JSON.stringify(head), ...lines].join("\n")
}

/** An opened catalogue: the providers at once, their models when they are asked for. */
export interface Catalogue {
  date: number
  providers: ReadonlyMap<string, Omit<ProviderFacts, "models">>
  /** Parsed anew by each call; empty for an unknown provider. */
  modelsOf(providerID: string): Record<string, ModelFacts>
}

/** Opens what `catalogueLines` wrote. Throws when it is something else. */
export function openCatalogue(bytes: Uint8Array): Catalogue {
  const decoder = new TextDecoder()
  const ends = lineEnds(bytes)
  const line = (number: number) =>
    JSON.parse(decoder.decode(bytes.subarray(number === 0 ? 0 : ends[number - 1]! + 1, ends[number])))
  const head: Head = line(0)
  if (!Array.isArray(head.providers) || head.providers.length + 1 !== ends.length)
    throw new Error("The model catalogue is not complete")
  const numbers = new Map(head.providers.map((provider, at) => [provider.id, at + 1]))
  return {
    date: head.date,
    providers: new Map(head.providers.map((provider) => [provider.id, provider])),
    modelsOf(providerID) {
      const number = numbers.get(providerID)
      if (number === undefined) return {}
      const models: Record<string, Omit<ModelFacts, "variants"> & { variants?: number }> = line(number)
      return Object.fromEntries(
        Object.entries(models).map(([id, { variants, ...facts }]) => [
          id,
          variants === undefined ? facts : { ...facts, variants: head.variants[variants] ?? {} },
        ]),
      )
    },
  }
}

function lineEnds(bytes: Uint8Array): number[] {
  const ends: number[] = []
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) ends.push(at)
  return [...ends, bytes.length]
}
