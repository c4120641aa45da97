/** How the server is logged in to, and what it logs in with elsewhere. */
const SECRETS = ["OPENCODE_SERVER_PASSWORD", "OPENCODE_SERVER_USERNAME", "OPENCODE_AUTH_CONTENT"]

/** The server's environment as other programs may see it: without its own secrets. */
export function childEnvironment(
  env: Readonly<Record<string, string | undefined>>,
): Record<string, string | undefined> {
  const own = { ...env }
  for (const name of SECRETS) delete own[name]
  return own
}
