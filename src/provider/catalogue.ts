import { mkdir, rename, rm } from "node:fs/promises"
import { join } from "node:path"
import { gunzipSync, gzipSync } from "bun"
import type { App } from "../instance/app"
import { appState } from "../instance/state"
import { type Catalogue, catalogueLines, openCatalogue } from "./catalogue-format"
import snapshot from "./catalogue-snapshot.jsonl.gz" with { type: "file" }
import { readModelsDev } from "./models-dev"

const REFRESH_AFTER = 24 * 60 * 60 * 1000
const FETCH_TIMEOUT = 20_000
const MAX_BYTES = 64 * 1024 * 1024

/**
 * The model catalogue: of `OPENCODE_MODELS_PATH` if set, else the newer of the one in the binary and the one last fetched.
 * Never waits for the network; an old one is fetched anew in the background, for the next start of the server.
 */
export const getCatalogue = appState(open)

async function open(app: App): Promise<Catalogue> {
  const path = app.env.OPENCODE_MODELS_PATH
  if (path) {
    const text = await Bun.file(path).text()
    return openCatalogue(new TextEncoder().encode(catalogueLines(readModelsDev(JSON.parse(text)), app.now())))
  }
  const embedded = openCatalogue(gunzipSync(await Bun.file(snapshot).bytes()))
  const fetched = await openFetched(app)
  const newest = fetched && fetched.date > embedded.date ? fetched : embedded
  if (app.now() - newest.date > REFRESH_AFTER && !isSet(app.env.OPENCODE_DISABLE_MODELS_FETCH)) {
    refresh(app).catch((error) => app.log.info("The model catalogue was not refreshed", { error }))
  }
  return newest
}

async function openFetched(app: App): Promise<Catalogue | undefined> {
  const file = Bun.file(cacheFile(app))
  if (!(await file.exists())) return undefined
  try {
    return openCatalogue(gunzipSync(await file.bytes()))
  } catch (error) {
    app.log.warn("The fetched model catalogue cannot be read; the built-in one is used", { error })
    return undefined
  }
}

/** Fetches the catalogue into the cache. Written under a temporary name first, so that a reader sees all of it or nothing. */
export async function refresh(app: App): Promise<void> {
  const url = `${(app.env.OPENCODE_MODELS_URL ?? "https://models.dev").replace(/\/+$/, "")}/api.json`
  const response = await fetch(url, {
    headers: { "user-agent": `opencode/${app.version}` },
    signal: AbortSignal.timeout(FETCH_TIMEOUT),
  })
  if (!response.ok) throw new Error(`${url} answered ${response.status}`)
  const text = await response.text()
  if (text.length > MAX_BYTES) throw new Error(`${url} answered more than ${MAX_BYTES} bytes`)
  const providers = readModelsDev(JSON.parse(text))
  if (providers.length === 0) throw new Error(`${url} answered no providers`)
  const lines = catalogueLines(providers, app.now())
  const file = cacheFile(app)
  const temporary = `${file}.${process.pid}.tmp`
  await mkdir(app.paths.cache, { recursive: true })
  try {
    await Bun.write(temporary, gzipSync(new TextEncoder().encode(lines)))
    await rename(temporary, file)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}

const cacheFile = (app: App) => join(app.paths.cache, "model-catalogue.jsonl.gz")

const isSet = (value: string | undefined) => value !== undefined && value !== "" && value !== "0" && value !== "false"
