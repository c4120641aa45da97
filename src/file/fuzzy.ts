import { lengthOf, type PathList } from "./path-list"
import { scoreOf, wordsOf } from "./path-score"

/**
 * The best matches of a query, the best first. All words of the query must be there, each as letters in order and in any
 * case. Only where that gives too few, paths follow in which up to two letters of a word are missing.
 */
export function findBest(list: PathList, query: string, limit: number): string[] {
  const words = wordsOf(query)
  if (words.length === 0) return []
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
  for (let at = 0; at < list.paths.length; at++) top.add(at, -lengthOf(list, at))
  return top.list()
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
