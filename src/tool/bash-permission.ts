import { dirname, join, resolve } from "node:path"
import { contains, isDirectory, realPath } from "../base/path"
import type { Instance } from "../instance/instance"
import { significantWords } from "./bash-arity"
import { parseShell, type ShellCommand, type ShellLine } from "./bash-parse"
import { unwrap } from "./bash-wrapper"

/** What a shell program needs to be allowed to do. */
export interface ShellNeeds {
  /** Each simple command, as it was written. */
  patterns: string[]
  /** What an "always" reply allows. */
  always: string[]
  /** Directories outside of the project that it names as its arguments, redirections or working directory. */
  directories: string[]
}

/** Programs whose arguments are files that they read or change. Others are not taken for naming files. */
const FILE_PROGRAMS = new Set(
  [
    "cd pushd rm rmdir unlink shred cp mv ln install mkdir touch truncate tee dd chmod chown chgrp",
    "cat tac head tail less more",
  ]
    .join(" ")
    .split(" "),
)
/** They change the directory of the line and nothing else, so they need no permission of their own. */
const DIRECTORY_PROGRAMS = new Set(["cd", "pushd", "popd"])
const HARMLESS_DEVICES = /^\/dev\/(null|zero|full|random|urandom|tty|stdin|stdout|stderr|fd\/\d+)$/
/** `bash -c "eval 'sudo ...'"` and the like are followed this deep. */
const MAX_DEPTH = 4

/** Takes a program apart into what has to be asked. `cwd` is where it will run. */
export async function shellNeeds(instance: Instance, command: string, cwd: string): Promise<ShellNeeds> {
  const home = instance.app.env.HOME ?? instance.app.paths.home
  const variables = { HOME: home, PWD: cwd }
  const patterns = new Set<string>()
  const always = new Set<string>()
  const named = new Set<string>()

  const addLine = async (line: ShellLine, text: string, depth: number) => {
    for (const each of line.commands) await addCommand(each, depth)
    for (const file of line.redirects) named.add(file)
    if (line.complete) return
    patterns.add(text.trim())
    always.add(text.trim())
  }
  const addCommand = async (each: ShellCommand, depth: number) => {
    const name = each.words[0]?.value
    for (const file of namedFiles(each)) named.add(file)
    if (DIRECTORY_PROGRAMS.has(name ?? "") && each.redirects.every(isHarmless)) return
    patterns.add(each.text)
    always.add(alwaysPattern(each))
    // A rule against `rm -f *` is also meant for `A=1 rm -f x`, for `'rm' -f x`, for `>y rm -f x` and for `rm  -f x`.
    const plain = plainText(each)
    if (plain !== undefined) patterns.add(plain)

    const inner = depth < MAX_DEPTH ? unwrap(each.words) : undefined
    for (const words of inner?.commands ?? [])
      await addCommand({ ...withoutMore, text: words.map((word) => word.text).join(" "), words }, depth + 1)
    for (const script of inner?.scripts ?? []) await addLine(await parseShell(script, variables), script, depth + 1)
  }
  await addLine(await parseShell(command, variables), command, 0)

  const directories = new Set<string>()
  if (await isOutside(instance, cwd)) directories.add(cwd)
  for (const file of named) {
    const directory = await outsideDirectory(instance, file, cwd, home)
    if (directory) directories.add(directory)
  }
  return { patterns: [...patterns], always: [...always], directories: [...directories] }
}

function alwaysPattern({ text, assignments, words }: ShellCommand): string {
  const values = words.map((word) => word.value)
  const prefix = values.slice(0, significantWords(values.map((value) => value ?? "")))
  // Options say nothing about what follows them, and whoever allows one `sudo` does not mean them all.
  const vague = prefix.length === 0 || prefix.some((value) => value === undefined || /^-(?!m$)/.test(value))
  if (vague || unwrap(words)) return text
  const start = words.slice(0, prefix.length).map((word) => word.text)
  return [...(assignments ? [assignments] : []), ...start, "*"].join(" ")
}

const withoutMore = { assignments: "", redirects: [] }

/** The name unquoted and its arguments, with single spaces between, if the command does not begin just so. */
function plainText({ text, words }: ShellCommand): string | undefined {
  const [name, ...rest] = words
  if (name?.value === undefined) return
  const plain = [name.value, ...rest.map((word) => word.text)].join(" ")
  return text.startsWith(plain) ? undefined : plain
}

/** Whether a redirection leads to no file: to a device that keeps nothing, or to another of the program's own outputs. */
const isHarmless = (file: string) => HARMLESS_DEVICES.test(file) || /^(\d+|-)$/.test(file)

function namedFiles({ words }: ShellCommand): string[] {
  const [name, ...rest] = words
  if (!FILE_PROGRAMS.has(name?.value?.split("/").at(-1) ?? "")) return []
  return rest.flatMap(({ value }) => {
    if (value === undefined || value === "") return []
    const assigned = /^(?:--?[\w-]+|if|of)=(.+)$/.exec(value)?.[1]
    return assigned ?? (value.startsWith("-") ? [] : value)
  })
}

async function outsideDirectory(instance: Instance, file: string, cwd: string, home: string) {
  const path = resolve(cwd, await withHome(file, home))
  if (HARMLESS_DEVICES.test(path)) return
  const outside = await isOutside(instance, path)
  if (!outside) return
  // The name says less than the place when a link inside of the project leads out of it.
  const shown = contains(instance.directory, path) ? await realPath(path) : path
  return (await isDirectory(shown)) ? shown : dirname(shown)
}

/** Homes of other users too (`~root`), as the shell finds them. One that it does not know it leaves as it is. */
async function withHome(file: string, home: string): Promise<string> {
  const [prefix = "", user] = /^~([^/]*)/.exec(file) ?? []
  if (user === undefined) return file
  const found = user === "" ? home : await homeOf(user)
  return found === undefined ? file : join(found, file.slice(prefix.length))
}

async function homeOf(user: string): Promise<string | undefined> {
  const users = await Bun.file("/etc/passwd")
    .text()
    .catch(() => "")
  return users
    .split("\n")
    .map((line) => line.split(":"))
    .find(([name]) => name === user)?.[5]
}

async function isOutside({ directory, worktree }: Instance, path: string) {
  const real = await realPath(path)
  return !contains(directory, real) && (worktree === "/" || !contains(worktree, real))
}
