import type { Config } from "../schema/config"

/** Lists that grow from file to file; all other lists are replaced. */
const JOINED = ["instructions", "plugin"] as const

/** Merges configurations deeply; what comes later wins. `instructions` and `plugin` are joined. */
export function mergeConfigs(configs: Config[]): Config {
  const merged: Config = configs.reduce((all, next) => mergeObjects(all, next) as Config, {})
  for (const key of JOINED) {
    const joined = configs.flatMap((config): unknown[] => config[key] ?? [])
    if (joined.length) Object.assign(merged, { [key]: withoutRepeats(joined) })
  }
  return merged
}

/** A new object with the keys of both; objects are merged, everything else is replaced by `over`. */
export function mergeObjects(base: object, over: object): object {
  const merged = new Map<string, unknown>(Object.entries(base))
  for (const [key, value] of Object.entries(over)) {
    if (value === undefined) continue
    const known = merged.get(key)
    merged.set(key, isPlainObject(known) && isPlainObject(value) ? mergeObjects(known, value) : value)
  }
  return Object.fromEntries(merged)
}

/** Whether a value is an object with keys: neither null nor a list. */
export const isPlainObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

function withoutRepeats(list: unknown[]): unknown[] {
  const seen = new Map<string, unknown>()
  for (const item of list) {
    const text = JSON.stringify(item)
    if (!seen.has(text)) seen.set(text, item)
  }
  return [...seen.values()]
}
