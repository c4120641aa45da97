import { listAgents } from "../agent/agent"
import { withoutSessions } from "./app"
import { command, logFlags } from "./command"
import type { Flags } from "./flags"
import { oneLine, print, printTable } from "./terminal"

const flags = {
  format: {
    type: "string",
    value: "FORMAT",
    choices: ["table", "json"],
    about: "table, or json with all that is known",
  },
  ...logFlags,
} satisfies Flags

/** `opencode agent list`. */
export const agentListCommand = command(
  { about: "Lists the agents of the directory: built-in and configured ones.", flags },
  (values) =>
    withoutSessions(values, async (instance) => {
      const agents = (await listAgents(instance)).filter(({ hidden }) => !hidden)
      if (values.format === "json") return print(JSON.stringify(agents, undefined, 2))
      const rows = agents.map(({ name, mode, model, description = "" }) => [
        oneLine(name, 40),
        mode,
        model ? oneLine(`${model.providerID}/${model.modelID}`, 60) : "",
        oneLine(description, 100),
      ])
      printTable([["Agent", "Mode", "Model", "For"], ...rows])
    }),
)
