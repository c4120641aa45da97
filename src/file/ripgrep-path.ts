import { chmod, mkdir, mkdtemp, rename, rm, stat, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { newID } from "../base/id"
import type { App } from "../instance/app"
import { appState } from "../instance/state"
import { type EmbeddedFile, embeddedRipgrep } from "./ripgrep-embedded"

const PROGRAM = process.platform === "win32" ? "rg.exe" : "rg"

/**
 * The program file of ripgrep: the copy inside the binary, put into the cache directory once; from source the installed
 * package; at last what PATH has. Throws when there is none.
 */
export const ripgrepPath = appState(locate)

async function locate(app: App): Promise<string> {
  if (embeddedRipgrep) return unpack(app, embeddedRipgrep)
  const found = installedPackage() ?? Bun.which("rg", { PATH: app.env.PATH ?? "" })
  if (!found) throw new Error(`ripgrep is not there: no package for ${process.platform}-${process.arch}, none in PATH`)
  return found
}

function installedPackage(): string | undefined {
  try {
    return Bun.resolveSync(`@vscode/ripgrep-${process.platform}-${process.arch}/bin/${PROGRAM}`, import.meta.dir)
  } catch {
    return undefined
  }
}

/** The name holds the hash, so versions of the server never disturb each other. */
async function unpack(app: App, embedded: EmbeddedFile): Promise<string> {
  const name = `${embedded.sha256.slice(0, 16)}-${PROGRAM}`
  try {
    return await unpackInto(join(app.paths.cache, "bin"), name, embedded)
  } catch (error) {
    app.log.warn("The cache directory cannot hold ripgrep, a temporary directory is used", { error })
    // Others may write in the temporary directory too: only one of our own name is safe to run programs from.
    await mkdir(app.paths.temp, { recursive: true })
    return unpackInto(await mkdtemp(join(app.paths.temp, "ripgrep-")), name, embedded)
  }
}

async function unpackInto(directory: string, name: string, embedded: EmbeddedFile): Promise<string> {
  const file = join(directory, name)
  if (await isUnpacked(file, embedded.size)) return file
  const bytes = new Uint8Array(await Bun.file(embedded.path).arrayBuffer())
  if (new Bun.CryptoHasher("sha256").update(bytes).digest("hex") !== embedded.sha256)
    throw new Error("The ripgrep inside of this program is damaged")
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const temporary = join(directory, `${name}.${newID("tool")}`)
  try {
    await writeFile(temporary, bytes)
    await chmod(temporary, 0o755)
    // Renaming is atomic: another process sees the whole file or none.
    await rename(temporary, file)
  } catch (error) {
    await rm(temporary, { force: true })
    // Windows refuses to replace a program that runs; then somebody else was faster.
    if (await isUnpacked(file, embedded.size)) return file
    throw error
  }
  return file
}

async function isUnpacked(file: string, size: number): Promise<boolean> {
  const found = await stat(file).catch(() => undefined)
  if (!found?.isFile() || found.size !== size) return false
  return process.platform === "win32" || (found.mode & 0o100) !== 0
}
