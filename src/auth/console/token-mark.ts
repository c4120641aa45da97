import { randomBytes } from "node:crypto"
import type { App } from "../../instance/app"
import { appState } from "../../instance/state"
import { consoleToken } from "./token"

/** The variable in which an organization's configuration finds the token of the account. */
export const TOKEN_VARIABLE = "OPENCODE_CONSOLE_TOKEN"

/** Marks are random: a checkout that could guess one would have the token sent wherever it wants. */
const marks = appState(() => ({ byAccount: new Map<string, string>(), accounts: new Map<string, string>() }))

/**
 * What stands for the token of an account in the configuration. The token itself is put in its place when a request is
 * sent: so it is always a valid one, and no answer of this server shows it.
 */
export function tokenMark(app: App, accountID: string): string {
  const { byAccount, accounts } = marks(app)
  const mark = byAccount.get(accountID) ?? `console-token-${randomBytes(16).toString("hex")}`
  byAccount.set(accountID, mark)
  accounts.set(mark, accountID)
  return mark
}

/**
 * Puts the tokens in place of their marks in the headers of a request. Answers those that were put in, so that they can be
 * taken out of what is said about the answer. Throws `LoginError`.
 */
export async function fillTokens(app: App, headers: Headers): Promise<string[]> {
  const filled: string[] = []
  for (const [mark, accountID] of marks(app).accounts) {
    const marked = [...headers].filter(([, value]) => value.includes(mark))
    if (marked.length === 0) continue
    const token = await consoleToken(app, accountID)
    for (const [name, value] of marked) headers.set(name, value.replaceAll(mark, token))
    filled.push(token)
  }
  return filled
}
