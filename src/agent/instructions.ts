import { errorMessage } from "../base/error"
import { limitedText } from "../base/limited-text"
import { getConfig } from "../config/config"
import { isURL, listInstructionFiles } from "../config/instruction-files"
import type { App } from "../instance/app"
import type { Instance } from "../instance/instance"
import { appState } from "../instance/state"

/** Milliseconds that a run waits for instructions from the network, once; and that a text and a failure count. */
const WAIT = 5_000
const FRESH = 5 * 60_000
const FAILED = 60_000
const LIMIT = 256 * 1024

interface Fetched {
  until: number
  /** The last text that arrived; undefined until one does. */
  text?: string
  fetching?: Promise<void>
}

const caches = appState(() => new Map<string, Fetched>())

/**
 * The texts that tell the model how to work here, each headed by where it is from: the instruction files, then the URLs of
 * `instructions`. A URL is waited for only the first time, at most 5 s; later its last text is used and renewed in the
 * background. One that cannot be fetched is logged and left out.
 */
export async function instructions(instance: Instance): Promise<string[]> {
  const urls = ((await getConfig(instance)).instructions ?? []).filter(isURL)
  const [files, fetched] = await Promise.all([
    listInstructionFiles(instance),
    Promise.all(urls.map(async (url) => ({ path: url, content: await fetchText(instance.app, url) }))),
  ])
  return [...files, ...fetched].flatMap(({ path, content }) =>
    content?.trim() ? [`Instructions from: ${path}\n${content}`] : [],
  )
}

async function fetchText(app: App, url: string): Promise<string | undefined> {
  const cache = caches(app)
  const entry = cache.get(url) ?? { until: 0 }
  cache.set(url, entry)
  if (app.now() >= entry.until) entry.fetching ??= renew(app, url, entry)
  if (entry.text === undefined) await entry.fetching
  return entry.text
}

async function renew(app: App, url: string, entry: Fetched): Promise<void> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(WAIT) })
    if (!response.ok) throw new Error(`status ${response.status}`)
    entry.text = await limitedText(response, LIMIT, `longer than ${LIMIT} characters`)
    entry.until = app.now() + FRESH
  } catch (error) {
    app.log.warn("Instructions cannot be fetched", { url: withoutSecrets(url), reason: errorMessage(error) })
    entry.until = app.now() + FAILED
  } finally {
    delete entry.fetching
  }
}

/** Addresses may carry a password or a token in their query. */
function withoutSecrets(url: string): string {
  const { origin, pathname } = new URL(url)
  return origin + pathname
}
