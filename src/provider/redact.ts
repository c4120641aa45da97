const KEY_LIKE =
  /\b(?:sk|pk|rk|xai|gsk|AIza|ya29|key)[-_.][A-Za-z0-9_.-]{12,}|\bAIza[A-Za-z0-9_-]{20,}|(?<=\bBearer\s)[A-Za-z0-9._~+/=-]{8,}/g
const REDACTED = "[redacted]"

/** A text without what looks like an API key: some vendors repeat the key in their error messages. */
export const redactText = (text: string, secret?: string): string =>
  (secret && secret.length > 3 ? text.replaceAll(secret, REDACTED) : text).replace(KEY_LIKE, REDACTED)

/** A URL without credentials: no user, no password, no values of parameters that are named like keys. */
export function redactURL(text: string): string {
  if (!URL.canParse(text)) return text
  const url = new URL(text)
  if (!url.username && !url.password && !url.search) return text
  url.username = ""
  url.password = ""
  for (const name of [...url.searchParams.keys()]) {
    if (/key|token|secret|sig|password/i.test(name)) url.searchParams.set(name, REDACTED)
  }
  return url.toString()
}
