export interface StandInRequest {
  path: string
  headers: Headers
  /** Fields of a form, or the JSON of the body. */
  // biome-ignore lint/suspicious/noExplicitAny: whatever the program under test sends
  body: any
}

/** In place of a service that is asked by JSON or forms. */
export interface StandIn extends AsyncDisposable {
  url: string
  requests: StandInRequest[]
  /** Requests to a path so far. */
  to(path: string): StandInRequest[]
  /** The next answers to a path, in order; the last one stays. */
  answer(path: string, ...answers: StandInAnswer[]): void
}

export type StandInAnswer = object | ((request: StandInRequest) => Response | Promise<Response>)

/** A service on a free port that answers what it is told to, and status 500 where it was told nothing. */
export function startStandIn(): StandIn {
  const requests: StandInRequest[] = []
  const answers = new Map<string, StandInAnswer[]>()
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    idleTimeout: 0,
    async fetch(request) {
      const { pathname: path } = new URL(request.url)
      const text = await request.text()
      const isForm = request.headers.get("content-type")?.startsWith("application/x-www-form-urlencoded")
      const body = isForm ? Object.fromEntries(new URLSearchParams(text)) : text ? JSON.parse(text) : undefined
      const seen = { path, headers: request.headers, body }
      requests.push(seen)
      const queue = answers.get(path) ?? []
      const answer = queue.length > 1 ? queue.shift() : queue[0]
      if (!answer) return Response.json({ error: `nothing at ${path}` }, { status: 500 })
      return typeof answer === "function" ? answer(seen) : Response.json(answer)
    },
  })
  return {
    url: `http://127.0.0.1:${server.port}`,
    requests,
    to: (path) => requests.filter((request) => request.path === path),
    answer: (path, ...next) => void answers.set(path, next),
    [Symbol.asyncDispose]: () => server.stop(true),
  }
}

/** A refusal of a login service. */
export const refuse =
  (status: number, error: string, more: object = {}) =>
  () =>
    Response.json({ error, ...more }, { status })
