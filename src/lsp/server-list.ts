import { basename } from "node:path"
import { configState } from "../config/config"
import type { Instance } from "../instance/instance"
import type { Config } from "../schema/config"
import { builtInServers, type LanguageServer } from "./servers"

/** The language servers that the configuration allows: none unless `lsp` is set. The same list until the configuration changes. */
export const languageServers = configState(async (instance, { lsp }): Promise<readonly LanguageServer[]> => {
  if (!lsp) return []
  return lsp === true ? builtInServers : configured(instance, lsp)
})

/** Whether a server knows the language of a file, by its name. */
export const knowsFile = ({ extensions }: LanguageServer, file: string): boolean =>
  extensions.some((each) => (each.startsWith(".") ? file.endsWith(each) : basename(file) === each))

function configured(instance: Instance, config: Exclude<NonNullable<Config["lsp"]>, boolean>): LanguageServer[] {
  const known = builtInServers.flatMap((server) => {
    const entry = config[server.id]
    if (!entry) return [server]
    if (entry.disabled || !("command" in entry)) return []
    const { disabled: _, command, ...changes } = entry
    return [{ ...server, ...(command.length > 0 && { launches: [{ command }] }), ...changes }]
  })
  const names = new Set(builtInServers.map(({ id }) => id))
  const own = Object.entries(config).flatMap(([id, entry]) => {
    if (names.has(id) || entry.disabled || !("command" in entry)) return []
    const { disabled: _, command, extensions, ...rest } = entry
    if (command.length > 0 && extensions) return [{ id, extensions, launches: [{ command }], ...rest }]
    instance.app.log.warn("A language server that is not built in needs a command and extensions", { id })
    return []
  })
  return [...known, ...own]
}
