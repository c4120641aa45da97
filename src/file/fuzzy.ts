import { lettersOf, type PathList } from "./path-list"

interface Word {
  text: string
  /** The letters and digits of the word together, and one after another. */
  letters: number
  each: number[]
  /** How many of its characters may be missing: two, but never all. */
  typos: number
  /** At which places of the word each character of ASCII stands, as bits. */
  places: Int32Array
  /** No path gets more for this word. */
  most: number
}

const MAX_TYPOS = 2
/** Words of more characters must match without typing errors: one bit of a number stands for one character. */
const MAX_TYPO_WORD = 30
const MAX_QUERY = 256
/** Characters with a lower code are looked up in tables. */
const ASCII = 128

// What a match is worth. Longer paths are worth less, by one for each character.
const WHOLE = 10_000
const WHOLE_MOST = WHOLE + 4000
const LETTERS = 5000
const LETTER_MOST = 120
/** So little that a path without missing letters always comes before. */
const TYPO = -1_000_000
const MISSING = 1000

/**
 * The best matches of a query, the best first. All words of the query must be there, each as letters in order and in any
 * case. Only where that gives too few, paths follow in which up to two letters of a word are missing.
 */
export function findBest(list: PathList, query: string, limit: number): string[] {
  const words = query.toLowerCase().slice(0, MAX_QUERY).split(/\s+/).filter(Boolean).map(toWord)
  if (words.length === 0) return []
  // Long words rule out the most paths.
  words.sort((a, b) => b.text.length - a.text.length)
  const top = createTop(list, limit)
  for (let at = 0; at < list.paths.length; at++) {
    const score = scoreOf(list, at, words, top.floor)
    if (score !== undefined) top.add(at, score)
  }
  return top.list()
}

/** The shortest paths, those of one length by name. */
export function findShortest(list: PathList, limit: number): string[] {
  const top = createTop(list, limit)
  for (let at = 0; at < list.paths.length; at++) top.add(at, -list.paths[at]!.length)
  return top.list()
}

/** Score of a path; undefined when it does not match, or cannot get as much as `floor`. So do the functions that follow. */
function scoreOf(list: PathList, at: number, words: Word[], floor: number): number | undefined {
  let rest = 0
  for (const { most } of words) rest += most
  let sum = 0
  for (const word of words) {
    rest -= word.most
    const own = wordScore(list, at, word, floor - sum - rest)
    if (own === undefined) return undefined
    sum += own
  }
  return sum
}

function toWord(text: string): Word {
  const places = new Int32Array(ASCII)
  for (let index = 0; index < text.length; index++)
    if (text.charCodeAt(index) < ASCII) places[text.charCodeAt(index)]! |= 1 << index
  return {
    text,
    letters: lettersOf(text),
    each: [...text].map(lettersOf).filter((bit) => bit !== 0),
    typos: text.length > MAX_TYPO_WORD ? 0 : Math.min(MAX_TYPOS, text.length - 1),
    places,
    most: Math.max(WHOLE_MOST, LETTERS + text.length * LETTER_MOST),
  }
}

function wordScore(list: PathList, at: number, word: Word, floor: number): number | undefined {
  const { text, letters, each, typos, most } = word
  const lower = list.lowers[at]!
  if (most - lower.length < floor) return undefined
  const allowed = Math.min(typos, Math.floor((TYPO - floor) / MISSING))
  const lacking = letters & ~list.letters[at]!
  let missing = 0
  if (lacking !== 0) {
    if (allowed > 0) for (const bit of each) if ((lacking & bit) !== 0) missing++
    if (missing === 0 || missing > allowed) return undefined
  } else if (lower.includes(text)) return wholeScore(list, at, text)
  else if (allowed < 1) return sequenceScore(list, at, text, floor)
  const lost = text.length - commonLength(lower, word)
  if (lost === 0) return sequenceScore(list, at, text, floor)
  return lost > allowed ? undefined : typoScore(lower, text, lost, floor)
}

/** For the whole word in one piece, best at the beginning of the name. */
function wholeScore({ paths, lowers, names }: PathList, at: number, text: string): number {
  const lower = lowers[at]!
  const name = names[at]!
  const inName = lower.indexOf(text, name)
  const place = inName === -1 ? lower.lastIndexOf(text) : inName
  let score = WHOLE - lower.length
  if (place >= name) score += 2000
  if (place === name) score += 1000
  else if (isBoundary(paths[at]!, place)) score += 500
  const behind = lower[place + text.length]
  if (place === name && (behind === undefined || behind === "." || behind === "/")) score += 1000
  return score
}

/** For the characters in order, counted from the end: what is typed is mostly about the name. */
function sequenceScore(
  { paths, lowers, names }: PathList,
  at: number,
  text: string,
  floor: number,
): number | undefined {
  const path = paths[at]!
  const lower = lowers[at]!
  const name = names[at]!
  let score = LETTERS - lower.length
  let place = lower.length
  for (let index = text.length - 1; index >= 0; index--) {
    if (score + (index + 1) * LETTER_MOST < floor) return undefined
    const code = text.charCodeAt(index)
    const behind = place--
    while (place >= 0 && lower.charCodeAt(place) !== code) place--
    if (place < 0) return undefined
    if (place === behind - 1 && index < text.length - 1) score += 40
    if (isBoundary(path, place)) score += 60
    if (place >= name) score += 20
  }
  return score
}

/** For all but some characters, the others in order. */
function typoScore(lower: string, text: string, lost: number, floor: number): number | undefined {
  const score = TYPO - lost * MISSING - Math.min(lower.length, 200) - (lower.endsWith("/") ? 300 : 0)
  if (score < floor) return undefined
  let first = lower.length
  for (const sign of text) {
    const place = lower.indexOf(sign)
    if (place !== -1 && place < first) first = place
  }
  return score - Math.min(first * 5, 400)
}

/** Length of the longest common subsequence, by the bit-parallel way of Hyyrö: one addition per character of the path. */
function commonLength(path: string, { text, places }: Word): number {
  const all = (1 << text.length) - 1
  let row = all
  for (let index = 0; index < path.length; index++) {
    const code = path.charCodeAt(index)
    const kept = row & (code < ASCII ? places[code]! : placesOf(text, code))
    row = ((row + kept) | (row - kept)) & all
  }
  let found = 0
  for (let bits = row ^ all; bits !== 0; bits &= bits - 1) found++
  return found
}

function placesOf(text: string, code: number): number {
  let bits = 0
  for (let index = 0; index < text.length; index++) if (text.charCodeAt(index) === code) bits |= 1 << index
  return bits
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

/** Keeps the best paths of many without sorting them all. Of equal ones the first by name wins. */
function createTop({ paths }: PathList, limit: number) {
  const entries: { at: number; score: number }[] = []
  const isBetter = (at: number, score: number, other: { at: number; score: number } | undefined) =>
    other === undefined || score > other.score || (score === other.score && paths[at]! < paths[other.at]!)
  const top = {
    /** What a further path must have at least. */
    floor: Number.NEGATIVE_INFINITY,
    add(at: number, score: number) {
      if (entries.length === limit && !isBetter(at, score, entries.at(-1))) return
      let place = entries.length
      while (place > 0 && isBetter(at, score, entries[place - 1])) place--
      entries.splice(place, 0, { at, score })
      if (entries.length > limit) entries.pop()
      if (entries.length === limit) top.floor = entries.at(-1)?.score ?? top.floor
    },
    list: () => entries.map(({ at }) => paths[at]!),
  }
  return top
}
