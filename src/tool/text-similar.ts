const MIN_LINES = 3
/** Share of the lines of both blocks that must have a partner. */
const ENOUGH = 0.7
/** How much better than the next one the block must be. */
const LEAD = 0.1
const SIMILAR_LINE = 0.75
const MAX_CANDIDATES = 64
const MAX_BLOCK = 400

export interface Block {
  start: number
  length: number
}

/**
 * The block of lines that begins and ends like `asked` and has most of its lines, in order, with about as many in all.
 * Undefined when none is similar enough, or when a second one is nearly as similar. Lines are compared as given.
 */
export function findSimilarBlock(lines: string[], asked: string[]): Block | undefined {
  if (asked.length < MIN_LINES || asked.length > MAX_BLOCK) return undefined
  const candidates = listCandidates(lines, asked)
  if (candidates.length > MAX_CANDIDATES) return undefined
  const rated = candidates
    .map((block) => ({ block, score: similarity(lines.slice(block.start, block.start + block.length), asked) }))
    .sort((a, b) => b.score - a.score)
  const [best, next] = rated
  if (!best || best.score < ENOUGH) return undefined
  return next && best.score - next.score < LEAD ? undefined : best.block
}

function listCandidates(lines: string[], asked: string[]): Block[] {
  const first = asked[0] ?? ""
  const last = asked.at(-1) ?? ""
  if (first === "" || last === "") return []
  const slack = Math.max(1, Math.floor(asked.length / 4))
  const blocks: Block[] = []
  for (let start = lines.indexOf(first); start !== -1; start = lines.indexOf(first, start + 1)) {
    for (let length = asked.length - slack; length <= asked.length + slack; length++)
      if (length > 1 && lines[start + length - 1] === last) blocks.push({ start, length })
  }
  return blocks
}

/** Twice the longest common sequence of similar lines between the anchors, by the number of those lines in both blocks. */
function similarity(block: string[], asked: string[]): number {
  const a = block.slice(1, -1)
  const b = asked.slice(1, -1)
  if (a.length + b.length === 0) return 1
  let previous = new Array<number>(b.length + 1).fill(0)
  for (const line of a) {
    const row = [0]
    for (const [index, other] of b.entries()) {
      const diagonal = (previous[index] ?? 0) + likeness(line, other)
      row.push(Math.max(diagonal, previous[index + 1] ?? 0, row[index] ?? 0))
    }
    previous = row
  }
  return (2 * (previous[b.length] ?? 0)) / (a.length + b.length)
}

/** 1 for equal lines, less for similar ones, 0 for others: by the pairs of neighbouring characters they share. */
function likeness(a: string, b: string): number {
  if (a === b) return 1
  if (a.length < 2 || b.length < 2) return 0
  const pairs = new Map<string, number>()
  for (let at = 0; at < a.length - 1; at++) {
    const pair = a.slice(at, at + 2)
    pairs.set(pair, (pairs.get(pair) ?? 0) + 1)
  }
  let shared = 0
  for (let at = 0; at < b.length - 1; at++) {
    const pair = b.slice(at, at + 2)
    const left = pairs.get(pair) ?? 0
    if (left > 0) shared++
    pairs.set(pair, left - 1)
  }
  const share = (2 * shared) / (a.length + b.length - 2)
  return share >= SIMILAR_LINE ? share : 0
}
