/**
 * Checks the rules of `src/README.md`: who may import whom, how long a file may be, how it may be called, who may read the
 * process's own state. Without an argument for this repository, else for the directory named.
 */
import { dirname, join, normalize } from "node:path"

/** Bottom first. A room may import itself and the rooms of earlier rows. */
const ROWS = [
  ["schema", "base"],
  ["store", "bus", "process"],
  ["project"],
  ["instance"],
  ["auth"],
  ["config"],
  ["provider", "permission", "question", "file", "snapshot", "vcs", "lsp", "mcp", "format", "pty", "skill", "tui"],
  ["session", "command"],
  ["tool"],
  ["agent"],
  ["server"],
  ["cli"],
]
const MAX_LINES = 400
const FORBIDDEN_NAMES = /(^|\/)(utils?|helpers?|types|index|manager)\.ts$/
const PROCESS_STATE =
  /\bprocess\.(?:env|cwd|argv)\b|\bBun\.(?:env|argv)\b|\bimport\.meta\.env\b|from "(?:node:)?process"/

const row = (room: string) => ROWS.findIndex((each) => each.includes(room))
const root = process.argv[2] ?? join(import.meta.dir, "..")
const faults: string[] = []

for (const [name, text] of await sources("src")) {
  checkFile(`src/${name}`, text)
  const [room = "", inside] = name.split("/")
  if (inside === undefined) continue
  if (row(room) < 0) faults.push(`src/${name}: the room ${room} is in no row`)
  for (const target of relativeImports(text)) {
    const path = normalize(join("src", dirname(name), target)).replaceAll("\\", "/")
    const [top = "", to = "", further] = path.split("/")
    // The entry of the program stands outside of the rooms; it is nobody's to import. So are tests and scripts.
    if (top === "test" || top === "scripts" || (top === "src" && further === undefined))
      faults.push(`src/${name}: may not import ${target}`)
    else if (top === "src" && to !== room && row(to) >= row(room))
      faults.push(`src/${name}: ${room} may not import ${to}`)
  }
  const own = room === "cli" ? undefined : withoutComments(text).match(PROCESS_STATE)
  if (own) faults.push(`src/${name}: ${own[0]} is for cli/ only`)
}
for (const directory of ["test", "scripts"])
  for (const [name, text] of await sources(directory)) checkFile(`${directory}/${name}`, text)

for (const fault of faults) console.error(fault)
if (faults.length) process.exit(1)

/** Name, as seen from the directory, and text of each file in it. */
async function sources(directory: string): Promise<[string, string][]> {
  const names = [...new Bun.Glob(`${directory}/**/*.ts`).scanSync(root)]
    .map((name) => name.replaceAll("\\", "/"))
    .sort()
  return Promise.all(
    names.map(async (name): Promise<[string, string]> => {
      return [name.slice(directory.length + 1), await Bun.file(join(root, name)).text()]
    }),
  )
}

function checkFile(name: string, text: string): void {
  const lines = text.split("\n").length - 1
  if (lines > MAX_LINES) faults.push(`${name}: ${lines} lines, at most ${MAX_LINES}`)
  if (FORBIDDEN_NAMES.test(name)) faults.push(`${name}: name a file after what it does`)
  if (/^export\s+(?:type\s+)?\*/m.test(text))
    faults.push(`${name}: import from where a thing is, do not hand on others' exports`)
}

/** What is imported by a relative path: static, dynamic and type imports, also in the middle of a type. */
function relativeImports(text: string): string[] {
  return [...withoutComments(text).matchAll(/(?:\bfrom|\bimport)\s*\(?\s*["'`](\.[^"'`]+)["'`]/g)].map(
    (match) => match[1]!,
  )
}

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, "").replaceAll(/(^|\s)\/\/.*$/gm, "")
}
