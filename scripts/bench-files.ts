import { basename } from "node:path"
import { startProgram } from "./program"

const ROUNDS = 9
const QUERIES = 50
/** Both must read all files to their ends: the server answers ten matches at most, ripgrep all. */
const NOWHERE = "no file has this text: qxzvkj+"

/** Measures searching in a directory and prints it: for a text next to ripgrep alone, in turns, and for names of files. */
export async function measureFiles(command: string[], directory: string): Promise<void> {
  const program = `@vscode/ripgrep-${process.platform}-${process.arch}/bin/rg${process.platform === "win32" ? ".exe" : ""}`
  const run = async (args: string[]) => {
    const child = Bun.spawn([Bun.resolveSync(program, import.meta.dir), "--hidden", "--glob=!**/.git", ...args], {
      cwd: directory,
    })
    const [output] = await Promise.all([child.stdout.text(), child.exited])
    return output
  }
  await using server = await startProgram({ command, directory, args: ["--port", "0"] })
  const get = async (path: string, query: Record<string, string>) => {
    const response = await fetch(`${server.url}${path}?${new URLSearchParams(query)}`)
    const answer: unknown = await response.json()
    if (!response.ok || !Array.isArray(answer)) throw new Error(`${path}: ${JSON.stringify(answer)}`)
    return answer
  }

  const alone: number[] = []
  const through: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    alone.push(await timeOf(() => run(["--json", `--regexp=${NOWHERE}`, "--", "."])))
    through.push(await timeOf(() => get("/find", { pattern: NOWHERE })))
  }
  const [own, other] = [quantile(through, 0.5), quantile(alone, 0.5)]
  console.log(
    `A text in all files: ${own.toFixed(0)} ms, ripgrep alone ${other.toFixed(0)} ms, ratio ${(own / other).toFixed(2)}`,
  )

  const files = (await run(["--files", "--null", "--", "."])).split("\0").filter(Boolean)
  const names = Array.from({ length: QUERIES }, (_, index) => basename(files[(index * 7919) % files.length] ?? ""))
  const first = await timeOf(() => get("/find/file", { query: "a" }))
  console.log(`${files.length} files, listed for the first query in ${first.toFixed(0)} ms; then:`)
  const kinds = { names, "names with an error": names.map(withError), "a few letters": names.map(fewLetters) }
  for (const [kind, queries] of Object.entries(kinds)) {
    const times: number[] = []
    for (const query of queries) times.push(await timeOf(() => get("/find/file", { query })))
    console.log(`${kind}: ${quantile(times, 0.5).toFixed(1)} ms, 95 % within ${quantile(times, 0.95).toFixed(1)} ms`)
  }
}

const withError = (name: string, index: number) => {
  const at = index % name.length
  return `${name.slice(0, at)}q${name.slice(at + 1)}`
}

const fewLetters = (name: string) => [...name].filter((_, index) => index % 2 === 0).join("")

async function timeOf(task: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await task()
  return performance.now() - began
}

const quantile = (numbers: number[], part: number) =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length * part)] ?? Number.NaN
