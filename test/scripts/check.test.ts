import { afterEach, beforeEach, expect, test } from "bun:test"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"

const script = join(import.meta.dir, "../../scripts/check.ts")
let root: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "check-"))
})
afterEach(() => rm(root, { recursive: true }))

async function check(files: Record<string, string>) {
  for (const [name, text] of Object.entries(files)) await Bun.write(join(root, name), text)
  const run = Bun.spawnSync([process.execPath, script, root])
  const faults = run.stderr.toString().trim()
  return { code: run.exitCode, faults: faults === "" ? [] : faults.split("\n") }
}

test("passes what keeps the rules", async () => {
  expect(
    await check({
      "src/main.ts": 'import { run } from "./cli/run"\nrun(process.argv)\n',
      "src/cli/run.ts": 'import { list } from "../session/list"\nconst env = process.env\n',
      "src/session/list.ts":
        'import type { Store } from "../store/store"\nimport { own } from "./own"\n// process.env\n',
      "src/store/store.ts": "x\n".repeat(400),
      "src/agent/late.ts": 'const { list } = await import("../session/list")\n',
      "test/a.test.ts": "process.env.HOME\n",
    }),
  ).toEqual({ code: 0, faults: [] })
})

test("finds every breach", async () => {
  const { code, faults } = await check({
    "src/base/up.ts": 'import { a } from "../store/a"\n',
    "src/bus/beside.ts": 'import type { a } from "../store/a"\n',
    "src/config/lines.ts": 'import {\n  a,\n} from "../agent/a"\n',
    "src/store/dynamic.ts": 'const a = await import("../server/a")\n',
    "src/store/inline.ts": 'let a: import("../cli/a").A\n',
    "src/tool/main.ts": 'import "../main"\n',
    "src/tool/test.ts": 'import { a } from "../../test/a"\n',
    "src/nowhere/a.ts": "",
    "src/session/long.ts": "x\n".repeat(401),
    "test/long.test.ts": "x\n".repeat(401),
    "src/session/env.ts": "process.env.HOME\n",
    "src/session/meta.ts": 'import { env } from "node:process"\n',
    "src/session/utils.ts": "",
    "src/session/barrel.ts": 'export * from "./list"\n',
  })
  expect(code).toBe(1)
  expect(faults).toEqual([
    "src/base/up.ts: base may not import store",
    "src/bus/beside.ts: bus may not import store",
    "src/config/lines.ts: config may not import agent",
    "src/nowhere/a.ts: the room nowhere is in no row",
    "src/session/barrel.ts: import from where a thing is, do not hand on others' exports",
    "src/session/env.ts: process.env is for cli/ only",
    "src/session/long.ts: 401 lines, at most 400",
    'src/session/meta.ts: from "node:process" is for cli/ only',
    "src/session/utils.ts: name a file after what it does",
    "src/store/dynamic.ts: store may not import server",
    "src/store/inline.ts: store may not import cli",
    "src/tool/main.ts: may not import ../main",
    "src/tool/test.ts: may not import ../../test/a",
    "test/long.test.ts: 401 lines, at most 400",
  ])
})
