/** Checks the rules of `src/README.md`: who may import whom, how long a file may be, who may read the process's own state. */
import { dirname, join, normalize } from "node:path"

/** Bottom first. A room may import itself and the rooms of earlier rows. */
const ROWS = [
  ["schema", "base"],
  ["store", "bus", "process"],
  ["project"],
  ["instance"],
  ["config", "auth"],
  ["provider", "permission", "question", "file", "snapshot", "vcs", "lsp", "mcp", "format", "pty", "skill", "tui"],
  ["session", "command"],
  ["tool"],
  ["agent"],
  ["server"],
  ["cli"],
]
const MAX_LINES = 400
const MAX_TEST_LINES = 800
const FORBIDDEN_NAMES = /(^|\/)(utils?|helpers?|types|index|manager)\.ts$/

const row = (room: string) => ROWS.findIndex((each) => each.includes(room))
const root = join(import.meta.dir, "..")
const faults: string[] = []

for (const file of sources("src")) {
  const text = await Bun.file(join(root, "src", file)).text()
  checkLength(`src/${file}`, text, MAX_LINES)
  if (FORBIDDEN_NAMES.test(file)) faults.push(`src/${file}: name a file after what it does`)
  const [room = "", inside] = file.split("/")
  if (inside === undefined) continue
  if (row(room) < 0) faults.push(`src/${file}: the room ${room} is in no row`)
  for (const target of relativeImports(text)) {
    const [to = "", further] = normalize(join(dirname(file), target)).split("/")
    if (to === ".." || further === undefined) continue
    if (to !== room && row(to) >= row(room)) faults.push(`src/${file}: ${room} may not import ${to}`)
  }
  const own = room === "cli" ? undefined : withoutComments(text).match(/\bprocess\.(env|cwd|argv)\b/)
  if (own) faults.push(`src/${file}: ${own[0]} is for cli/ only`)
}
for (const file of sources("test")) {
  checkLength(`test/${file}`, await Bun.file(join(root, "test", file)).text(), MAX_TEST_LINES)
}

for (const fault of faults) console.error(fault)
if (faults.length) process.exit(1)

function sources(directory: string): string[] {
  const files = [...new Bun.Glob("**/*.ts").scanSync(join(root, directory))]
  return files.map((file) => file.replaceAll("\\", "/")).sort()
}

function checkLength(name: string, text: string, limit: number): void {
  const lines = text.split("\n").length - 1
  if (lines > limit) faults.push(`${name}: ${lines} lines, at most ${limit}`)
}

function relativeImports(text: string): string[] {
  return [...text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*"(\.[^"]+)"/g)].map((match) => match[1]!)
}

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, "").replaceAll(/(^|\s)\/\/.*$/gm, "")
}
