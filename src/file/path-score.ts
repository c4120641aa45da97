import { lengthOf, lettersOf, nameOf, type PathList, signOf } from "./path-list"

/** A word of a query, prepared for matching. */
interface Word {
  text: string
  /** The letters and digits of the word together, and one after another. */
  letters: number
  each: number[]
  /** How many of its characters may be missing: two, but never all. */
  typos: number
  /** At which places of the word each sign stands, as bits. */
  places: Int32Array
  /** Number of the directory that was compared last, and how far that has led. */
  directory: number
  row: number
  /** No path gets more for this word; none whose name does not begin with it; none that has not all of it in its name. */
  most: number
  mostInside: number
  mostOutside: number
}

const MAX_TYPOS = 2
/** Words of more characters must match without typing errors: one bit of a number stands for one character. */
const MAX_TYPO_WORD = 30
const MAX_QUERY = 256

// What a match is worth. Longer paths are worth less, by one for each character.
const WHOLE = 10_000
const WHOLE_MOST = WHOLE + 4000
const WHOLE_INSIDE = WHOLE + 2500
const WHOLE_OUTSIDE = WHOLE + 500
const LETTERS = 5000
const LETTER_MOST = 120
/** So little that a path without missing letters always comes before. */
const TYPO = -1_000_000
const MISSING = 1000

/** The words of a query, the longest first: they rule out the most paths. */
export function wordsOf(query: string): Word[] {
  const words = query.toLowerCase().slice(0, MAX_QUERY).split(/\s+/).filter(Boolean)
  return words.map(toWord).sort((a, b) => b.text.length - a.text.length)
}

/** What a path is worth; undefined when it does not match, or cannot get as much as `floor`. So do the functions that follow. */
export function scoreOf(list: PathList, at: number, words: Word[], floor: number): number | undefined {
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
  const scattered = LETTERS + text.length * LETTER_MOST
  const places = new Int32Array(256)
  for (let index = 0; index < text.length; index++) places[signOf(text.charCodeAt(index))]! |= 1 << index
  return {
    text,
    letters: lettersOf(text),
    each: [...text].map(lettersOf).filter((bit) => bit !== 0),
    typos: text.length > MAX_TYPO_WORD ? 0 : Math.min(MAX_TYPOS, text.length - 1),
    places,
    directory: -1,
    row: 0,
    most: Math.max(WHOLE_MOST, scattered),
    mostInside: Math.max(WHOLE_INSIDE, scattered),
    mostOutside: text.length > MAX_TYPO_WORD ? Number.POSITIVE_INFINITY : Math.max(WHOLE_OUTSIDE, scattered),
  }
}

function wordScore(list: PathList, at: number, word: Word, floor: number): number | undefined {
  const { text, letters, each, typos, most, mostInside, mostOutside } = word
  const length = lengthOf(list, at)
  if (most - length < floor) return undefined
  if (mostInside - length < floor && list.signs[nameOf(list, at)] !== signOf(text.charCodeAt(0))) return undefined
  const allowed = Math.min(typos, Math.floor((TYPO - floor) / MISSING))
  const lacking = letters & ~list.letters[at]!
  let missing = 0
  if (lacking !== 0) {
    if (allowed > 0) for (const bit of each) if ((lacking & bit) !== 0) missing++
    if (missing === 0 || missing > allowed) return undefined
  }
  if (mostOutside - length < floor && !isInName(list, at, word)) return undefined
  const lost = text.length > MAX_TYPO_WORD ? 0 : text.length - commonLength(list, at, word)
  if (lost > allowed && lost > 0) return undefined
  const lower = list.lowers[at]!
  if (lost > 0) return typoScore(lower, text, lost, floor)
  return lower.includes(text) ? wholeScore(list, at, text) : sequenceScore(list, at, text, floor)
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

/**
 * Length of the longest common subsequence, by the bit-parallel way of Hyyrö: one addition per character of the path. For
 * the files of one directory that begins behind the directory, so that a query reads little more than their names.
 */
function commonLength(list: PathList, at: number, word: Word): number {
  const directory = list.directories[at]!
  const name = nameOf(list, at)
  if (word.directory !== directory) {
    word.directory = directory
    word.row = advance(list, name - list.names[at]!, name, word, allOf(word))
  }
  let found = 0
  for (let bits = advance(list, name, list.ends[at]!, word, word.row) ^ allOf(word); bits !== 0; bits &= bits - 1)
    found++
  return found
}

/** Whether the name alone has all characters in order. */
const isInName = (list: PathList, at: number, word: Word) =>
  advance(list, nameOf(list, at), list.ends[at]!, word, allOf(word)) === 0

/** One bit for each character of the word, set until the path has had the character in its turn. */
const allOf = ({ text }: Word) => (1 << text.length) - 1

function advance({ signs }: PathList, from: number, to: number, word: Word, before: number): number {
  const { places } = word
  const all = allOf(word)
  let row = before
  for (let index = from; index < to; index++) {
    const kept = row & places[signs[index]!]!
    row = ((row + kept) | (row - kept)) & all
  }
  return row
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
