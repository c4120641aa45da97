import { createHash } from "node:crypto"
import { readFile, rm } from "node:fs/promises"
import { join } from "node:path"
import { Type } from "@sinclair/typebox"
import { Value } from "@sinclair/typebox/value"
import { writePrivateFile } from "../base/private-file"
import type { App } from "../instance/app"

/** Where the server that holds a data directory can be reached by other commands of the same user. */
export interface Address {
  pid: number
  url: string
  /** A digest of the settings in its environment, see `settingsDigest`. */
  settings: string
  /**
   * The password of a server that a command started for itself, made for it alone. Never that of `opencode serve`, which
   * the user chose: commands take it from their own environment.
   */
  token?: string
}

const Stored = Type.Object({
  pid: Type.Integer(),
  url: Type.String({ pattern: "^http://" }),
  settings: Type.String(),
  token: Type.Optional(Type.String()),
})

const file = (data: string) => join(data, "server.address")

/** Tells other commands of the same data directory where this server is. */
export const writeAddress = ({ paths }: App, address: Address): Promise<void> =>
  writePrivateFile(file(paths.data), `${JSON.stringify(address)}\n`)

/** Forgets the address once the server is gone. One that stays behind does no harm: it counts only while its process holds the database. */
export const removeAddress = ({ paths }: App): Promise<void> => rm(file(paths.data), { force: true })

/** The address that the process `holder` wrote, of the data directory `data`; undefined when it wrote none. */
export async function findAddress(data: string, holder: number | undefined): Promise<Address | undefined> {
  try {
    const stored: unknown = JSON.parse(await readFile(file(data), "utf8"))
    return Value.Check(Stored, stored) && stored.pid === holder ? stored : undefined
  } catch {
    // Not there (any more), or of another version.
    return undefined
  }
}

/** What in the environment decides what a run may do, and as whom. */
const SETTINGS = [
  "OPENCODE_CONFIG",
  "OPENCODE_CONFIG_CONTENT",
  "OPENCODE_CONFIG_DIR",
  "OPENCODE_PERMISSION",
  "OPENCODE_DISABLE_PROJECT_CONFIG",
  "OPENCODE_AUTH_CONTENT",
  "XDG_CONFIG_HOME",
]

/** A digest of the settings in an environment: runs must not get others than they were started with. */
export function settingsDigest(env: App["env"]): string {
  // Programs that start servers give an empty configuration rather than none.
  const settings = SETTINGS.map((name) => env[name]?.replace(/^\{\}$/, "") ?? "")
  return createHash("sha256").update(JSON.stringify(settings)).digest("hex")
}
