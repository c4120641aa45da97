/** A path prepared for matching. */
export interface Candidate {
  /** Directories end with a slash. */
  path: string
  lower: string
  /** Which letters and digits it has, as bits: many paths are ruled out by this alone. */
  letters: number
  /** Where the last name begins. */
  name: number
}

/** Paths prepared for matching, in columns: what is looked at for every path of a large project lies side by side. */
export interface PathList {
  readonly paths: readonly string[]
  readonly lowers: readonly string[]
  readonly letters: Int32Array
  readonly names: Int32Array
}

/** Prepares a path, once. */
export function candidate(path: string): Candidate {
  const lower = path.toLowerCase()
  const name = lower.lastIndexOf("/", lower.length - 2) + 1
  return { path, lower, letters: lettersOf(lower), name }
}

/** Puts prepared paths side by side. */
export function pathList(candidates: readonly Candidate[]): PathList {
  return {
    paths: candidates.map(({ path }) => path),
    lowers: candidates.map(({ lower }) => lower),
    letters: Int32Array.from(candidates, ({ letters }) => letters),
    names: Int32Array.from(candidates, ({ name }) => name),
  }
}

/** Which letters and digits a text in lower case has: one bit for each letter, one for each two digits. */
export function lettersOf(lower: string): number {
  let bits = 0
  for (let index = 0; index < lower.length; index++) {
    const code = lower.charCodeAt(index)
    if (code > 96 && code < 123) bits |= 1 << (code - 97)
    else if (code > 47 && code < 58) bits |= 1 << (26 + ((code - 48) >> 1))
  }
  return bits
}
