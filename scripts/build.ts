/**
 * Builds the program as one file per platform: `bun scripts/build.ts [--target NAME]... [--outdir DIR]`.
 *
 * Without a target it is for this machine and lands in `dist/opencode`. With targets (or `all`) each lands in
 * `dist/opencode-NAME`; the ripgrep packages of foreign platforms must be installed first: `bun install --os='*' --cpu='*'`.
 */
import { existsSync } from "node:fs"
import { mkdir, rename, rm, stat } from "node:fs/promises"
import { basename, join, resolve } from "node:path"
import { parseArgs } from "node:util"
import type { BunPlugin } from "bun"

interface Target {
  bun: Bun.Build.CompileTarget
  /** Suffix of the package that brings the platform's ripgrep. On Linux that program is static, so it serves musl too. */
  ripgrep: string
}

const TARGETS: Record<string, Target> = {
  "linux-x64": { bun: "bun-linux-x64", ripgrep: "linux-x64" },
  "linux-x64-baseline": { bun: "bun-linux-x64-baseline", ripgrep: "linux-x64" },
  "linux-x64-musl": { bun: "bun-linux-x64-musl", ripgrep: "linux-x64" },
  "linux-arm64": { bun: "bun-linux-arm64", ripgrep: "linux-arm64" },
  "linux-arm64-musl": { bun: "bun-linux-arm64-musl", ripgrep: "linux-arm64" },
  "darwin-x64": { bun: "bun-darwin-x64", ripgrep: "darwin-x64" },
  "darwin-arm64": { bun: "bun-darwin-arm64", ripgrep: "darwin-arm64" },
  "windows-x64": { bun: "bun-windows-x64", ripgrep: "win32-x64" },
  "windows-arm64": { bun: "bun-windows-arm64", ripgrep: "win32-arm64" },
}

const ROOT = resolve(import.meta.dir, "..")
const { values } = parseArgs({
  options: { target: { type: "string", multiple: true }, outdir: { type: "string" } },
})
const outdir = resolve(values.outdir ?? join(ROOT, "dist"))

if (!values.target) {
  await build(hostTarget(), "opencode")
} else {
  const names = values.target.includes("all") ? Object.keys(TARGETS) : values.target
  for (const name of names) {
    if (!TARGETS[name]) fail(`Unknown target ${name}. Known: ${Object.keys(TARGETS).join(", ")}, all`)
  }
  for (const name of names) await build(name, `opencode-${name}`)
}

async function build(name: string, output: string): Promise<void> {
  const target = TARGETS[name]!
  const outfile = join(outdir, output + (name.startsWith("windows") ? ".exe" : ""))
  const began = performance.now()
  // Built aside and renamed, so that a program that runs is not written into and a failed build leaves nothing behind.
  const aside = join(outdir, `.build-${process.pid}`)
  await mkdir(aside, { recursive: true })
  try {
    const built = join(aside, basename(outfile))
    const result = await Bun.build({
      entrypoints: [join(ROOT, "src", "main.ts")],
      root: ROOT,
      target: "bun",
      format: "esm",
      minify: true,
      bytecode: true,
      splitting: true,
      sourcemap: "linked",
      plugins: [await embedRipgrep(target.ripgrep)],
      compile: {
        target: target.bun,
        outfile: built,
        // A checkout is hostile input: its settings must not be run or read by the program started in it.
        autoloadBunfig: false,
        autoloadDotenv: false,
        autoloadTsconfig: false,
        // Provider packages that are installed at run time are found through their package.json.
        autoloadPackageJson: true,
      },
    })
    for (const message of result.logs) console.error(message)
    if (!result.success) fail(`The build for ${name} failed`)
    await rename(built, outfile)
  } finally {
    await rm(aside, { recursive: true, force: true })
  }
  const megabytes = ((await stat(outfile)).size / 1e6).toFixed(1)
  console.log(`${outfile}  ${megabytes} MB  ${Math.round(performance.now() - began)} ms`)
}

/** Puts the platform's ripgrep in place of the module that says there is none. */
async function embedRipgrep(platform: string): Promise<BunPlugin> {
  const file = join(
    ROOT,
    `node_modules/@vscode/ripgrep-${platform}/bin`,
    platform.startsWith("win32") ? "rg.exe" : "rg",
  )
  if (!existsSync(file))
    fail(`${file} is missing. Install the packages of all platforms: bun install --os='*' --cpu='*'`)
  const bytes = await Bun.file(file).bytes()
  const sha256 = new Bun.CryptoHasher("sha256").update(bytes).digest("hex")
  return {
    name: "embed-ripgrep",
    setup(builder) {
      builder.onLoad({ filter: /[\\/]file[\\/]ripgrep-embedded\.ts$/ }, () => ({
        loader: "ts",
        contents: `import path from ${JSON.stringify(file)} with { type: "file" }
export const embeddedRipgrep = { path, sha256: "${sha256}", size: ${bytes.byteLength} }`,
      }))
    },
  }
}

function hostTarget(): string {
  const system = process.platform === "win32" ? "windows" : process.platform
  const musl =
    process.platform === "linux" && existsSync(`/lib/ld-musl-${process.arch === "x64" ? "x86_64" : "aarch64"}.so.1`)
  const name = `${system}-${process.arch}${musl ? "-musl" : ""}`
  return TARGETS[name] ? name : fail(`There is no build for ${name}`)
}

function fail(message: string): never {
  console.error(message)
  process.exit(1)
}
