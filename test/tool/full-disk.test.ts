import { expect, test } from "bun:test"
import { link, lstat, mkdtemp, readdir, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"

/** Writes the file in a process whose files may have at most 64 KiB, which fails there as it does on a full disk. */
async function writeLimited(path: string, size: number): Promise<string> {
  const script = `trap "" XFSZ; ulimit -f 64; exec "$0" "$@"`
  const program = [process.execPath, join(import.meta.dir, "full-disk.ts"), path, `${size}`]
  // In KiB for bash.
  const child = Bun.spawn(["bash", "-c", script, ...program], { env: { PATH: process.env.PATH } })
  return (await new Response(child.stdout).text()).trim()
}

test.each([
  ["a file", false],
  ["a file with two names", true],
])("%s keeps what it had when the disk is full", async (_, linked) => {
  const directory = await mkdtemp(join(tmpdir(), "full-"))
  await using _dir = { [Symbol.asyncDispose]: () => rm(directory, { recursive: true }) }
  const path = join(directory, "precious.txt")
  const old = "o".repeat(50_000)
  await writeFile(path, old)
  if (linked) await link(path, join(directory, "second-name.txt"))
  const names = await readdir(directory)
  expect(await writeLimited(path, 200_000)).toBe("EFBIG")
  expect(await Bun.file(path).text()).toBe(old)
  expect(await readdir(directory)).toEqual(names)
  expect(await writeLimited(path, 10_000)).toBe("written")
  expect(await Bun.file(path).text()).toBe("n".repeat(10_000))
  expect((await lstat(path)).nlink).toBe(linked ? 2 : 1)
})
