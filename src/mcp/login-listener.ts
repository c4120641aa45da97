import { errorMessage } from "../base/error"
import { loopback, type Redirect } from "./redirect"

export interface LoginListener {
  /** Where the authorization server has to send the user: known only now if the usual port was taken. */
  redirectUrl: string
  stop(): void
}

/** What came back in the address: the code, or why there is none. */
export type LoginAnswer = { code: string } | { refused: string }

/**
 * Waits on this machine for a browser that the authorization server has sent back with the right `state`. `take` makes use
 * of the answer; the page shows its text, or what it throws. Throws when the configured port cannot be had.
 */
export function listenForLogin(
  redirect: Redirect,
  state: string,
  take: (answer: LoginAnswer) => Promise<string>,
): LoginListener {
  // An address elsewhere: whoever receives the code there hands it in through the API.
  if (redirect.port === undefined) return { redirectUrl: redirect.url, stop() {} }

  const serve = (port: number) =>
    Bun.serve({
      hostname: redirect.url.includes("[::1]") ? "::1" : "127.0.0.1",
      port,
      async fetch(request) {
        const url = new URL(request.url)
        if (url.pathname !== redirect.path) return page(404, "There is nothing here.")
        if (request.method !== "GET") return page(405, "Only GET is answered here.")
        // Without the state anybody could make this server use a login of theirs.
        if (url.searchParams.get("state") !== state) return page(400, "This login was not started here, or is over.")
        try {
          return page(200, await take(answerIn(url.searchParams)))
        } catch (error) {
          return page(400, errorMessage(error))
        }
      },
    })

  const listener = listen(redirect, serve)
  return {
    redirectUrl: redirect.anyPort ? loopback(listener.port ?? redirect.port).url : redirect.url,
    // The page that tells of the end is still on its way.
    stop: () => void listener.stop(),
  }
}

type Serve = (port: number) => Bun.Server<undefined>

function listen({ port = 0, anyPort }: Redirect, serve: Serve) {
  try {
    return serve(port)
  } catch (error) {
    if (anyPort) return serve(0)
    throw new Error(`Cannot wait for the login on port ${port}: ${errorMessage(error)}`)
  }
}

function answerIn(query: URLSearchParams): LoginAnswer {
  const code = query.get("code")
  if (code) return { code }
  const reason = query.get("error_description") ?? query.get("error") ?? "no code was sent"
  return { refused: reason.slice(0, 300) }
}

const page = (status: number, text: string) =>
  new Response(
    `<!doctype html><meta charset="utf-8"><title>opencode</title><body style="font:16px system-ui;margin:4em auto;max-width:36em"><p>${escaped(text)}</p>`,
    {
      status,
      headers: {
        "content-type": "text/html; charset=utf-8",
        "cache-control": "no-store",
        "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",
        "referrer-policy": "no-referrer",
      },
    },
  )

const escaped = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
