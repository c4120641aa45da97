import { join } from "node:path"
import type { App } from "../../src/instance/app"
import { type StandIn, startStandIn } from "./stand-in"

/** Of the accounts that are stored by `storeAccounts`. */
export const ACCESS = "st-access-1"
export const REFRESH = "st-refresh-1"
export const RENEWED = "st-access-2"

export const ORGANIZATIONS = [
  { id: "org_1", name: "First" },
  { id: "org_2", name: "Second" },
]

/** In place of a console: an account with two organizations, and tokens for whoever asks. */
export function startConsole(): StandIn {
  const console = startStandIn()
  console.answer("/auth/device/code", {
    device_code: "device-secret",
    user_code: "ABCD-EFGH",
    verification_uri_complete: "/device?code=ABCD-EFGH",
    expires_in: 600,
    interval: 0,
  })
  console.answer("/auth/device/token", grant(RENEWED, "st-refresh-2"))
  console.answer("/api/user", { id: "acc_1", email: "me@example.com" })
  console.answer("/api/orgs", ORGANIZATIONS)
  console.answer("/api/config", { config: {} })
  return console
}

/** An answer that gives tokens. */
export const grant = (access_token: string, refresh_token: string, expires_in = 3600) => ({
  access_token,
  refresh_token,
  token_type: "Bearer",
  expires_in,
})

interface Stored {
  id?: string
  email?: string
  url: string
  access?: string
  refresh?: string
  expires?: number
}

/** Stores accounts as a login does; the first organization of the first one is active. */
export async function storeAccounts({ paths, now }: App, ...accounts: Stored[]): Promise<void> {
  const all = accounts.map((account) => ({
    id: "acc_1",
    email: "me@example.com",
    access: ACCESS,
    refresh: REFRESH,
    expires: now() + 3_600_000,
    ...account,
  }))
  const active = { accountID: all[0]?.id, orgID: "org_1", orgName: "First" }
  await Bun.write(join(paths.data, "accounts.json"), JSON.stringify({ accounts: all, active }))
}

/** The stored accounts. */
export const storedAccounts = ({ paths }: App) => Bun.file(join(paths.data, "accounts.json")).json()
