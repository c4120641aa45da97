import { resolveHost } from "./web-address"

const MAX_HOPS = 10

export interface WebAnswer {
  /** Of the last redirection. */
  url: string
  headers: Headers
  body: Uint8Array<ArrayBuffer>
}

/**
 * GET with redirections. Each hop's address is looked at before it is asked: metadata services are refused, and so is a
 * redirection from a public host into the private network. Throws with a message for the model when there is no answer, when its
 * status is not 2xx, and when it is larger than `maxBytes`.
 */
export async function getPage(
  start: string,
  options: {
    headers: Record<string, string>
    signal: AbortSignal
    maxBytes: number
    env: Readonly<Record<string, string | undefined>>
  },
): Promise<WebAnswer> {
  let url = new URL(start)
  let fromPublic = false
  for (let hop = 0; hop <= MAX_HOPS; hop++) {
    const { response, isPrivate } = await ask(url, fromPublic, start, options)
    fromPublic ||= !isPrivate
    const location = response.headers.get("location")
    if (response.status >= 300 && response.status < 400 && location) {
      await response.body?.cancel()
      const next = URL.parse(location, url.href)
      if (!next || !/^https?:$/.test(next.protocol)) throw new Error(`Redirected to what is no web page: ${location}`)
      url = next
      continue
    }
    if (!response.ok) {
      await response.body?.cancel()
      throw new Error(`StatusCode: non 2xx status code (${response.status} GET ${start})`)
    }
    return { url: url.href, headers: response.headers, body: await readBody(response, options.maxBytes, start) }
  }
  throw new Error(`Redirected more than ${MAX_HOPS} times (GET ${start})`)
}

async function ask(
  url: URL,
  fromPublic: boolean,
  start: string,
  {
    headers,
    signal,
    env,
  }: { headers: Record<string, string>; signal: AbortSignal; env: Parameters<typeof getPage>[1]["env"] },
) {
  const init = { headers, signal, redirect: "manual" } as const
  // A proxy looks names up itself; then only addresses that are written down can be checked here.
  const proxied = usesProxy(url, env)
  const addresses = proxied && !isWrittenAddress(url.hostname) ? [] : await resolveAt(url, start)
  const isPrivate = addresses.some((each) => each.private)
  if (fromPublic && isPrivate) throw new Error(`Redirected into the private network: ${url.href}`)
  try {
    if (proxied || url.protocol === "https:") return { response: await fetch(url, init), isPrivate }
    return {
      response: await fetchFrom(
        addresses.map((each) => each.address),
        url,
        init,
      ),
      isPrivate,
    }
  } catch (error) {
    if (signal.aborted) throw error
    throw new Error(`Transport error (GET ${start})`, { cause: error })
  }
}

async function resolveAt(url: URL, start: string) {
  try {
    return await resolveHost(url.hostname)
  } catch (error) {
    if (error instanceof Error && "code" in error) throw new Error(`Transport error (GET ${start})`, { cause: error })
    throw error
  }
}

/**
 * Asks the very addresses that were checked, so that a name cannot lead elsewhere the second time. (With TLS the certificate
 * sees to that.)
 */
async function fetchFrom(addresses: string[], url: URL, init: RequestInit & { headers: Record<string, string> }) {
  let failure: unknown
  for (const address of addresses) {
    const pinned = new URL(url)
    pinned.hostname = address.includes(":") ? `[${address.split("%")[0]}]` : address
    try {
      return await fetch(pinned, { ...init, headers: { ...init.headers, host: url.host } })
    } catch (error) {
      failure = error
      if (init.signal?.aborted) break
    }
  }
  throw failure
}

async function readBody(response: Response, maxBytes: number, start: string) {
  const tooLarge = () => new Error(`The answer is larger than ${maxBytes / 1024 / 1024} MB (GET ${start})`)
  if (Number(response.headers.get("content-length") ?? 0) > maxBytes) {
    await response.body?.cancel()
    throw tooLarge()
  }
  const chunks: Uint8Array[] = []
  let size = 0
  // Leaving the loop cancels the rest.
  for await (const chunk of response.body ?? []) {
    size += chunk.length
    if (size > maxBytes) throw tooLarge()
    chunks.push(chunk)
  }
  return new Uint8Array(Buffer.concat(chunks))
}

const isWrittenAddress = (hostname: string) => /^[\d.]+$|^\[/.test(hostname)

function usesProxy(url: URL, env: Readonly<Record<string, string | undefined>>) {
  const proxy = url.protocol === "https:" ? (env.https_proxy ?? env.HTTPS_PROXY) : (env.http_proxy ?? env.HTTP_PROXY)
  if (!proxy) return false
  const direct = (env.no_proxy ?? env.NO_PROXY ?? "").split(",").map((each) => each.trim().replace(/^\./, ""))
  return !direct.some((each) => each === "*" || (each && (url.hostname === each || url.hostname.endsWith(`.${each}`))))
}
