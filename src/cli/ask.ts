import { createInterface } from "node:readline/promises"
import { CommandError } from "./command-error"
import { note } from "./terminal"

export interface Option {
  label: string
  value: string
}

/** Lets the person choose by number or name. Throws `CommandError` without a terminal. */
export async function choose(question: string, options: Option[]): Promise<string> {
  if (options.length === 1) return options[0]!.value
  requireTerminal(question)
  for (const [index, { label }] of options.entries()) note(`${String(index + 1).padStart(3)}  ${label}`)
  for (;;) {
    const answer = await ask(question)
    const chosen = options[Number(answer) - 1] ?? options.find(({ label, value }) => [label, value].includes(answer))
    if (chosen) return chosen.value
    note("That is none of them.")
  }
}

/** One line from the person. Throws `CommandError` without a terminal. */
export async function ask(question: string): Promise<string> {
  requireTerminal(question)
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  terminal.on("SIGINT", () => process.kill(process.pid, "SIGINT"))
  try {
    return (await terminal.question(`${question} `)).trim()
  } finally {
    terminal.close()
  }
}

/** One line that is not shown while it is typed; without a terminal, all that is piped in. */
export async function askSecret(question: string): Promise<string> {
  const { stdin, stderr } = process
  if (!stdin.isTTY) return (await Bun.stdin.text()).trim()
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  let typed = ""
  const read = (bytes: Buffer) => {
    for (const key of bytes.toString()) {
      if (key === "\r" || key === "\n" || key === "\x04") return resolve(typed)
      if (key === "\x03") return reject(new CommandError("Nothing was stored"))
      typed = key === "\x7f" || key === "\b" ? typed.slice(0, -1) : typed + key
    }
  }
  // Before the question: what is typed at once is not to be shown either.
  stdin.setRawMode(true)
  stdin.on("data", read).resume()
  stderr.write(`${question} `)
  try {
    return (await promise).trim()
  } finally {
    stdin.off("data", read).pause()
    stdin.setRawMode(false)
    stderr.write("\n")
  }
}

function requireTerminal(question: string): void {
  if (!process.stdin.isTTY) throw new CommandError(`There is no terminal to ask: ${question}`)
}
