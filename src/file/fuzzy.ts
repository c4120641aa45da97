/** A path prepared for matching. */
export interface Candidate {
  /** Directories end with a slash. */
  path: string
  lower: string
  /** Which letters and digits it has, as bits: most paths are ruled out by this alone. */
  letters: number
  /** Where the last name begins. */
  name: number
  isDirectory: boolean
}

interface Word {
  text: string
  letters: number[]
  /** How many of its characters may be missing: two, but never all. */
  typos: number
}

const MAX_TYPOS = 2
/** Words of more characters must match without typing errors: one bit of a number stands for one character. */
const MAX_TYPO_WORD = 30
const MAX_QUERY = 256

/** Prepares a path for `findBest`. */
export function candidate(path: string, isDirectory: boolean): Candidate {
  const lower = path.toLowerCase()
  const name = lower.lastIndexOf("/", lower.length - 2) + 1
  return { path, lower, letters: lettersOf(lower), name, isDirectory }
}

/**
 * The best matches of a query, the best first. All words of the query must be there, each as letters in order and in any
 * case. Only where that gives too few, paths follow in which up to two letters of a word are missing.
 */
export function findBest(candidates: readonly Candidate[], query: string, limit: number): string[] {
  const words = query.toLowerCase().slice(0, MAX_QUERY).split(/\s+/).filter(Boolean).map(toWord)
  if (words.length === 0) return []
  const exact = createTop(limit)
  for (const each of candidates) {
    const score = sumOf(words, (word) => exactScore(each, word))
    if (score !== undefined) exact.add(each, score)
  }
  const best = exact.list()
  if (best.length === limit) return best.map(({ path }) => path)
  const known = new Set(best)
  const weak = createTop(limit - best.length)
  for (const each of candidates) {
    if (known.has(each)) continue
    const score = sumOf(words, (word) => typoScore(each, word))
    if (score !== undefined) weak.add(each, score)
  }
  return [...best, ...weak.list()].map(({ path }) => path)
}

function sumOf(words: Word[], score: (word: Word) => number | undefined): number | undefined {
  let sum = 0
  for (const word of words) {
    const own = score(word)
    if (own === undefined) return undefined
    sum += own
  }
  return sum
}

function toWord(text: string): Word {
  const typos = text.length > MAX_TYPO_WORD ? 0 : Math.min(MAX_TYPOS, text.length - 1)
  return { text, letters: [...text].map(lettersOf).filter((bit) => bit !== 0), typos }
}

/** Score of a path that has the whole word, at best in one piece at the beginning of the name. */
function exactScore(each: Candidate, { text, letters }: Word): number | undefined {
  for (const bit of letters) if ((each.letters & bit) === 0) return undefined
  const { lower, name } = each
  const inName = lower.indexOf(text, name)
  const at = inName === -1 ? lower.lastIndexOf(text) : inName
  if (at === -1) return sequenceScore(each, text)
  let score = 10_000 - lower.length
  if (at >= name) score += 2000
  if (at === name) score += 1000
  else if (isBoundary(each.path, at)) score += 500
  const behind = lower[at + text.length]
  if (at === name && (behind === undefined || behind === "." || behind === "/")) score += 1000
  return score
}

/** Score of a path that has the characters in order, counted from the end: what is typed is mostly about the name. */
function sequenceScore({ path, lower, name }: Candidate, text: string): number | undefined {
  let score = 5000 - lower.length
  let at = lower.length
  for (let index = text.length - 1; index >= 0; index--) {
    const found = at === 0 ? -1 : lower.lastIndexOf(text[index] ?? "", at - 1)
    if (found === -1) return undefined
    if (found === at - 1 && index < text.length - 1) score += 40
    if (isBoundary(path, found)) score += 60
    if (found >= name) score += 20
    at = found
  }
  return score
}

/** Score of a path in which some characters of the word are missing; the others are there, in order. */
function typoScore(each: Candidate, { text, letters, typos }: Word): number | undefined {
  const exact = exactScore(each, { text, letters, typos })
  if (exact !== undefined) return exact
  if (typos === 0) return undefined
  let missing = 0
  for (const bit of letters) if ((each.letters & bit) === 0 && ++missing > typos) return undefined
  const lost = text.length - commonLength(each.lower, text)
  if (lost > typos) return undefined
  let first = each.lower.length
  for (const sign of text) {
    const at = each.lower.indexOf(sign)
    if (at !== -1 && at < first) first = at
  }
  return 2000 - lost * 1000 - Math.min(first * 5, 400) - Math.min(each.lower.length, 200) - (each.isDirectory ? 300 : 0)
}

const positions = new Map<number, number>()

/** Length of the longest common subsequence, by the bit-parallel way of Hyyrö: one addition per character of the path. */
function commonLength(path: string, word: string): number {
  positions.clear()
  for (let index = 0; index < word.length; index++) {
    const code = word.charCodeAt(index)
    positions.set(code, (positions.get(code) ?? 0) | (1 << index))
  }
  const all = 2 ** word.length - 1
  let row = all
  for (let index = 0; index < path.length; index++) {
    const matches = positions.get(path.charCodeAt(index))
    if (matches === undefined) continue
    const kept = row & matches
    row = ((row + kept) | (row - kept)) & all
  }
  let zeros = 0
  for (let bit = 0; bit < word.length; bit++) if ((row & (1 << bit)) === 0) zeros++
  return zeros
}

/** Whether a name, or a word in a name, begins there. */
function isBoundary(path: string, at: number): boolean {
  if (at === 0) return true
  const before = path.charCodeAt(at - 1)
  const isLetter = (before > 96 && before < 123) || (before > 64 && before < 91) || before > 127
  const isDigit = before > 47 && before < 58
  if (!isLetter && !isDigit) return true
  const own = path.charCodeAt(at)
  return own > 64 && own < 91 && before > 96
}

function lettersOf(lower: string): number {
  let bits = 0
  for (let index = 0; index < lower.length; index++) {
    const code = lower.charCodeAt(index)
    if (code > 96 && code < 123) bits |= 1 << (code - 97)
    else if (code > 47 && code < 58) bits |= 1 << (26 + ((code - 48) >> 1))
  }
  return bits
}

/** Keeps the best entries of many without sorting them all. Of equal ones the first by name wins. */
function createTop(limit: number) {
  const entries: { each: Candidate; score: number }[] = []
  return {
    add(each: Candidate, score: number) {
      const last = entries.at(-1)
      if (entries.length === limit && last && !isBetter(each, score, last)) return
      let at = entries.length
      while (at > 0 && isBetter(each, score, entries[at - 1])) at--
      entries.splice(at, 0, { each, score })
      if (entries.length > limit) entries.pop()
    },
    list: () => entries.map(({ each }) => each),
  }
}

const isBetter = (each: Candidate, score: number, other: { each: Candidate; score: number } | undefined) =>
  other === undefined || score > other.score || (score === other.score && each.path < other.each.path)
