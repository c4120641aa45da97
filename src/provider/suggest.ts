const MOST = 3

/** At most 3 of the names that someone may have meant: misspelled ones first, then those that hold the letters in order. */
export async function suggestNames(text: string, names: string[]): Promise<string[]> {
  const wanted = text.toLowerCase()
  const near = names
    .map((name) => ({ name, distance: editDistance(wanted, name.toLowerCase()) }))
    .filter(({ name, distance }) => distance <= Math.max(1, Math.floor(Math.min(wanted.length, name.length) / 5)))
    .sort((a, b) => a.distance - b.distance)
    .map(({ name }) => name)
  const { default: fuzzysort } = await import("fuzzysort")
  const alike = fuzzysort.go(text, names, { limit: MOST, threshold: 0 }).map((each) => each.target)
  return [...new Set([...near, ...alike])].slice(0, MOST)
}

/** How many letters must be changed, added, removed or swapped with their neighbour. */
function editDistance(a: string, b: string): number {
  let before: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let least = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (same ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) least = Math.min(least, before[j - 2]! + 1)
      row.push(least)
    }
    before = last
    last = row
  }
  return last[b.length]!
}
