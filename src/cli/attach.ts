import { command } from "./command"
import { CommandError } from "./command-error"

const about = `There is no terminal client in this program; this says which one to use.

Without one: opencode run --attach URL MESSAGE`

/** `opencode attach`. */
export const attachCommand = command({ about, flags: {}, words: "URL [ARGUMENT...]" }, async (_, [url = ""]) => {
  const shown = JSON.stringify(url)
  throw new CommandError(
    `There is no terminal client in this program. That of the opencode project works with this server:\n` +
      `  npx opencode-ai attach ${shown}\nOr send one message: opencode run --attach ${shown} MESSAGE`,
  )
})
