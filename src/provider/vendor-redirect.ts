/** How often one call is sent on. */
const MAX_REDIRECTIONS = 5
/** Sent on as it was: with its method and body. */
const SAME_CALL = new Set([307, 308])

/**
 * `fetch` for calls whose headers hold keys: they are for the host that was meant. A call is sent on within its origin, or
 * to the same host name by HTTPS; any other redirection is answered as an error that names the place.
 */
export async function fetchFromHost(input: Parameters<typeof fetch>[0], init: RequestInit): Promise<Response> {
  let target: string | Request = input instanceof URL ? input.href : input
  for (let count = 0; ; count++) {
    const response = await fetch(target, { ...init, redirect: "manual" })
    const location = response.status >= 300 && response.status < 400 ? response.headers.get("location") : null
    if (location === null) return response
    await response.body?.cancel()
    const from = new URL(target instanceof Request ? target.url : target)
    const to = URL.parse(location, from.href)
    const isSame =
      SAME_CALL.has(response.status) && !(target instanceof Request) && !(init.body instanceof ReadableStream)
    if (!to || !isSame || !isSameHost(from, to) || count === MAX_REDIRECTIONS) return refusal(from, to, response.status)
    target = to.href
  }
}

const isSameHost = (from: URL, to: URL) =>
  to.origin === from.origin || (to.hostname === from.hostname && to.protocol === "https:" && to.port === "")

function refusal(from: URL, to: URL | null, status: number): Response {
  const place = to ? `${to.origin}${to.pathname}` : "an address that is none"
  const message = `${from.host} sends requests on to ${place}, where they are not sent: the key is for ${from.host} only. If that is the right address, put it into the configuration.`
  return Response.json({ error: { message } }, { status })
}
