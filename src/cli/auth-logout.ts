import { listAuth } from "../auth/auth"
import { removeCredential } from "../config/credential"
import { withoutSessions } from "./app"
import { choose } from "./ask"
import { command, logFlags } from "./command"
import { CommandError } from "./command-error"
import { note } from "./terminal"

const about = "Forgets the stored credential of a model provider."

/** `opencode auth logout`. */
export const authLogoutCommand = command({ about, flags: logFlags, words: "[PROVIDER]" }, (values, [named]) =>
  withoutSessions(values, async ({ app }) => {
    const stored = Object.keys(await listAuth(app))
    if (stored.length === 0) throw new CommandError("There are no stored credentials")
    const id =
      named ??
      (await choose(
        "Which provider?",
        stored.map((value) => ({ label: value, value })),
      ))
    if (!stored.includes(id))
      throw new CommandError(`There is no stored credential of ${JSON.stringify(id)}; there are: ${stored.join(", ")}`)
    await removeCredential(app, id)
    note(`The credential of ${id} is removed.`)
  }),
)
