/** Levels of lists and objects that values from outside may have. */
export const MAX_DEPTH = 500

/**
 * Whether a JSON value is nested deeper than `MAX_DEPTH`. `JSON.parse` reads a million levels, but `JSON.stringify` cannot
 * write them again: such a value must not get to where it is stored or sent.
 */
export const isTooDeep = (value: unknown): boolean => isDeeper(value, MAX_DEPTH)

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false
  if (levels === 0) return true
  for (const each of Array.isArray(value) ? value : Object.values(value)) if (isDeeper(each, levels - 1)) return true
  return false
}
