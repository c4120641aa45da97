import type { App } from "../instance/app"

/** Milliseconds after which an announcement must have come through: the library asks three times before. */
const PROBE_TIME = 3000

/**
 * Announces the server in the local network, as the clients look for it: `opencode-PORT`, an HTTP service at path `/`
 * behind the host name `domain`. Problems of the network are logged and never stop the server. Answers the function that
 * withdraws it.
 */
export async function announce(app: App, port: number, domain: string): Promise<() => Promise<void>> {
  const { Bonjour } = await import("bonjour-service")
  const failed = (error: unknown) => app.log.error("mDNS failed", { error })
  const bonjour = new Bonjour({}, failed)
  const service = bonjour.publish({
    name: `opencode-${port}`,
    type: "http",
    host: domain,
    port,
    txt: { path: "/" },
  })
  service.on("error", failed)
  service.on("up", () => app.log.info("mDNS announced", { name: service.fqdn, host: domain, port }))
  const timer = setTimeout(() => {
    if (!service.published) app.log.warn("mDNS: the name is used by another server", { name: service.fqdn })
  }, PROBE_TIME)
  timer.unref()
  return () =>
    new Promise((done) => {
      clearTimeout(timer)
      bonjour.unpublishAll(() => bonjour.destroy(() => done()))
    })
}
