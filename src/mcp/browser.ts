import type { App } from "../instance/app"
import { childEnvironment } from "../process/child-environment"
import type { ChildOutput } from "../process/supervisor"
import { settlesWithin } from "./within"

/** Milliseconds in which a system says that it cannot open a page; later it has most likely opened it. */
const PATIENCE = 2000

/** Shows a page in the user's browser. Throws when that does not work, as on a machine without a screen. */
export async function openBrowser(app: App, page: URL): Promise<void> {
  if (page.protocol !== "http:" && page.protocol !== "https:") throw new Error("Only web pages are opened")
  const child = app.processes.spawn({
    command: [...opener(process.platform), page.href],
    cwd: app.paths.data,
    env: childEnvironment(app.env),
    leaveBackground: true,
  })
  void Promise.all([drop(child.stdout), drop(child.stderr)]).catch((error) =>
    app.log.debug("The output of the browser could not be read", { error }),
  )
  if (!(await settlesWithin(child.exited, PATIENCE))) return
  const { code } = await child.exited
  if (code !== 0) throw new Error(`The system's command for opening a page ended with code ${code}`)
}

/** A program whose output nobody reads stops one day. */
async function drop(output: ChildOutput): Promise<void> {
  for await (const _ of output) {
  }
}

function opener(platform: NodeJS.Platform): string[] {
  if (platform === "darwin") return ["open"]
  if (platform === "win32") return ["rundll32", "url.dll,FileProtocolHandler"]
  // In a session of its own: a browser that is started by this must not end with the server.
  return ["setsid", "--wait", "xdg-open"]
}
