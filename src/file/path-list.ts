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
  /** Numbers of the directories: paths one after another with the same number have the same text before their name. */
  readonly directories: Int32Array
  /** The characters of all `lowers` one after another, a byte for each (see `signOf`), and where those of each end. */
  readonly signs: Uint8Array
  readonly ends: Int32Array
}

/** Prepares a path, once. */
export function candidate(path: string): Candidate {
  const lower = path.toLowerCase()
  const name = lower.lastIndexOf("/", lower.length - 2) + 1
  return { path, lower, letters: lettersOf(lower), name }
}

/** Puts prepared paths side by side. */
export function pathList(candidates: readonly Candidate[]): PathList {
  const lowers = candidates.map(({ lower }) => lower)
  let end = 0
  return {
    paths: candidates.map(({ path }) => path),
    lowers,
    letters: Int32Array.from(candidates, ({ letters }) => letters),
    names: Int32Array.from(candidates, ({ name }) => name),
    directories: numberDirectories(candidates),
    signs: Buffer.from(lowers.join(""), "latin1"),
    ends: Int32Array.from(lowers, ({ length }) => {
      end += length
      return end
    }),
  }
}

/** The byte of a character: its code, of which characters beyond Latin-1 lose the upper half and so share a byte with others. */
export const signOf = (code: number) => code & 255

/** Where the last name begins among all signs. */
export const nameOf = (list: PathList, at: number) => list.ends[at]! - lengthOf(list, at) + list.names[at]!

/** How many characters a path has. */
export const lengthOf = ({ ends }: PathList, at: number) => ends[at]! - (at === 0 ? 0 : ends[at - 1]!)

function numberDirectories(candidates: readonly Candidate[]): Int32Array {
  let number = 0
  let directory = ""
  return Int32Array.from(candidates, ({ lower, name }) => {
    if (name !== directory.length || !lower.startsWith(directory)) {
      directory = lower.slice(0, name)
      number++
    }
    return number
  })
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
