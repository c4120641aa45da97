import type { ShellWord } from "./bash-parse"

/** What a command runs in its turn: other commands, or shell programs. */
export interface Wrapped {
  commands: ShellWord[][]
  scripts: string[]
}

/** Programs that run the command in their arguments: the options that take a value, and the arguments before the command. */
const WRAPPERS: Record<string, { valued: string; skip?: number }> = {
  sudo: { valued: "u g C h p r t T U D R" },
  doas: { valued: "u C" },
  env: { valued: "u C" },
  nohup: { valued: "" },
  time: { valued: "f o" },
  timeout: { valued: "s k", skip: 1 },
  nice: { valued: "n" },
  ionice: { valued: "c n" },
  xargs: { valued: "I n P L d E s a" },
  command: { valued: "" },
  builtin: { valued: "" },
  exec: { valued: "a" },
  setsid: { valued: "" },
  stdbuf: { valued: "i o e" },
  watch: { valued: "n" },
}
const SHELLS = new Set(["bash", "sh", "zsh", "dash", "ksh", "ash"])
const FIND_EXEC = new Set(["-exec", "-execdir", "-ok", "-okdir"])

/** The commands inside of one like `sudo rm x`, `bash -c "rm x"` or `find -exec rm {} +`; undefined for all others. */
export function unwrap(words: readonly ShellWord[]): Wrapped | undefined {
  const name = words[0]?.value?.split("/").at(-1)
  if (name === undefined) return
  if (SHELLS.has(name)) return shellScript(words.slice(1))
  if (name === "eval") return { commands: [], scripts: [words.slice(1).map(valueOrText).join(" ")] }
  if (name === "find" || name === "fd") return findExec(words.slice(1))
  const wrapper = Object.hasOwn(WRAPPERS, name) ? WRAPPERS[name] : undefined
  if (!wrapper) return
  const inner = afterOptions(words.slice(1), wrapper.valued.split(" "), wrapper.skip ?? 0)
  return { commands: inner.length ? [inner] : [], scripts: [] }
}

function shellScript(rest: readonly ShellWord[]): Wrapped | undefined {
  const flag = rest.findIndex((word) => /^-[a-zA-Z]*c[a-zA-Z]*$/.test(word.value ?? ""))
  if (flag < 0) return
  const script = rest.slice(flag + 1).find((word) => !word.value?.startsWith("-"))
  // A script that is put together at run time is parsed as it is written: what can be seen of it is seen.
  return { commands: [], scripts: script ? [script.value ?? script.text.replace(/^"|"$/g, "")] : [] }
}

function findExec(rest: readonly ShellWord[]): Wrapped | undefined {
  const commands: ShellWord[][] = []
  for (const [at, word] of rest.entries()) {
    if (!FIND_EXEC.has(word.value ?? "")) continue
    const tail = rest.slice(at + 1)
    const end = tail.findIndex((each) => each.value === ";" || each.value === "+")
    commands.push(end < 0 ? tail : tail.slice(0, end))
  }
  return commands.length ? { commands, scripts: [] } : undefined
}

function afterOptions(rest: readonly ShellWord[], valued: readonly string[], skip: number): ShellWord[] {
  let at = 0
  let left = skip
  for (; at < rest.length; at++) {
    const word = rest[at]
    // What an assignment assigns need not be known.
    const value = word?.value ?? (/^\w+=/.test(word?.text ?? "") ? word?.text : undefined)
    if (value === undefined) break
    if (value === "--") continue
    if (value.startsWith("-")) {
      if (value.length === 2 && valued.includes(value.slice(1))) at++
    } else if (/^\w+=/.test(value)) {
      // An assignment, as `env A=1 ls` has them.
    } else if (left > 0) left--
    else break
  }
  return rest.slice(at)
}

const valueOrText = (word: ShellWord) => word.value ?? word.text
