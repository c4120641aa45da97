import { randomInt } from "node:crypto"

const FIRST =
  "amber brave calm clear crisp fair fresh glad keen late light lucky mild neat plain quick quiet swift tidy warm"
const SECOND =
  "acorn anchor bay birch brook cedar cliff cove dune ember fern field grove heron lake maple meadow pine reef willow"
const MAX_LENGTH = 60

/** Two words, `adjective-noun`. */
export const randomName = () => `${pick(FIRST)}-${pick(SECOND)}`

/** What of a wanted name can be a directory and a branch; undefined when nothing is left. */
export function toName(wanted: string): string | undefined {
  const name = wanted
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, MAX_LENGTH)
    .replace(/^-+|-+$/g, "")
  return name || undefined
}

function pick(words: string) {
  const list = words.split(" ")
  return list[randomInt(list.length)]
}
