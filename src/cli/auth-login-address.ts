import { isLoopback } from "../base/loopback"
import { storeCredential } from "../config/credential"
import { fetchWellKnownLogin, withoutSlash } from "../config/well-known"
import type { App } from "../instance/app"
import { childEnvironment } from "../process/child-environment"
import { ask } from "./ask"
import { CommandError } from "./command-error"
import { harmless, note } from "./terminal"

/**
 * Logs in to the organization at an address: it names a command that prints a token, which is stored. On a terminal the
 * person is asked before the command is run.
 */
export async function logInAtAddress(app: App, text: string): Promise<void> {
  const address = addressIn(text)
  const { command, env: key } = await fetchWellKnownLogin(app, address)
  note(`${address} gives a token with the command ${harmless(command.map((word) => JSON.stringify(word)).join(" "))}`)
  if (process.stdin.isTTY && !/^y(es)?$/i.test(await ask("Run it? (yes or no)")))
    throw new CommandError("Nothing was run, nothing is stored")
  const token = await outputOf(app, command)
  if (token === "") throw new CommandError("The command printed no token")
  await storeCredential(app, address, { type: "wellknown", key, token })
  note(`The login to ${address} is stored.`)
}

function addressIn(text: string): string {
  const url = URL.parse(text)
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password)
    throw new CommandError(`An address begins with https://, not ${JSON.stringify(text)}`)
  if (url.protocol === "http:" && !isLoopback(url.hostname))
    note("This address is not encrypted: whoever is on the way to it can change the command.")
  return withoutSlash(`${url.origin}${url.pathname}`)
}

/** What the command says to the person is shown at once: it may wait for a login in the browser. */
async function outputOf(app: App, command: string[]): Promise<string> {
  const child = app.processes.spawn({ command, cwd: app.directory, env: childEnvironment(app.env) })
  const show = async () => {
    for await (const chunk of child.stderr) process.stderr.write(chunk)
  }
  const text = async () => new TextDecoder().decode(Buffer.concat(await Array.fromAsync(child.stdout)))
  const [output, { code }] = await Promise.all([text(), child.exited, show()])
  if (code !== 0) throw new CommandError(`The command ended with code ${code}`)
  return output.trim()
}
