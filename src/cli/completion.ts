import { basename } from "node:path"
import { command } from "./command"
import { CommandError } from "./command-error"
import { commands, type Group, isGroup } from "./commands"
import { type CompletionTable, SHELLS, scriptFor } from "./completion-script"

const about = `Prints a script that completes commands and flags, for ${SHELLS.join(", ")}; without a name, for your shell.

bash:        source <(opencode completion bash)
zsh:         source <(opencode completion zsh)
fish:        opencode completion fish | source
powershell:  opencode completion powershell | Out-String | Invoke-Expression`

/** `opencode completion`. */
export const completionCommand = command({ about, flags: {}, words: "[SHELL]" }, async (_, [named]) => {
  const shell = named ?? basename(process.env.SHELL ?? "bash")
  const known = SHELLS.find((each) => each === shell)
  if (!known) throw new CommandError(`There are completions for ${SHELLS.join(", ")}, not for ${JSON.stringify(shell)}`)
  process.stdout.write(scriptFor(known, await tableOf(commands)))
})

/** What may follow each command: its subcommands, or its flags. */
async function tableOf(group: Group, path = ""): Promise<CompletionTable> {
  const table: CompletionTable = [{ path, words: Object.keys(group) }]
  for (const [name, entry] of Object.entries(group)) {
    const own = path === "" ? name : `${path} ${name}`
    if (isGroup(entry)) table.push(...(await tableOf(entry.commands, own)))
    else table.push({ path: own, words: Object.keys((await entry.load()).flags).map((flag) => `--${flag}`) })
  }
  return table
}
