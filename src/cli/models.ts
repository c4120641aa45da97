import { errorMessage } from "../base/error"
import { refresh } from "../provider/catalogue"
import { listProviders } from "../provider/provider"
import { withoutSessions } from "./app"
import { command, logFlags } from "./command"
import { CommandError } from "./command-error"
import type { Flags } from "./flags"
import { note, print } from "./terminal"

const flags = {
  verbose: { type: "boolean", about: "print what is known of each model too, as JSON" },
  refresh: { type: "boolean", about: "fetch the model catalogue first" },
  ...logFlags,
} satisfies Flags

const about = "Lists the models that can be used, those of connected providers, as PROVIDER/MODEL."

/** `opencode models`. */
export const modelsCommand = command({ about, flags, words: "[PROVIDER]" }, (values, [wanted]) =>
  withoutSessions(values, async (instance) => {
    if (values.refresh) {
      await refresh(instance.app).catch((error) => {
        throw new CommandError(`The model catalogue cannot be fetched: ${errorMessage(error)}`)
      })
      note("The model catalogue is up to date.")
    }
    const providers = await listProviders(instance)
    const chosen = wanted === undefined ? providers : providers.filter(({ id }) => id === wanted)
    if (wanted !== undefined && chosen.length === 0) {
      const ids = providers.map(({ id }) => id).join(", ")
      throw new CommandError(`The provider ${JSON.stringify(wanted)} is not connected; these are: ${ids}`)
    }
    for (const { id, models } of chosen) {
      for (const model of Object.values(models).sort((one, other) => (one.id < other.id ? -1 : 1))) {
        print(`${id}/${model.id}`)
        if (values.verbose) print(JSON.stringify(model, undefined, 2))
      }
    }
  }),
)
