import type { Client } from "./client"

/** Asks a server; once `signal` is aborted the question is withdrawn and undefined is answered. Throws the server's error. */
export async function request(client: Client, method: string, params: object, signal: AbortSignal): Promise<unknown> {
  if (signal.aborted) return undefined
  const { CancellationTokenSource } = await import("vscode-jsonrpc/node")
  const source = new CancellationTokenSource()
  const withdrawn = Promise.withResolvers<undefined>()
  const abort = () => {
    source.cancel()
    withdrawn.resolve(undefined)
  }
  signal.addEventListener("abort", abort, { once: true })
  try {
    const answer: Promise<unknown> = client.connection.rpc.sendRequest(method, params, source.token)
    return await Promise.race([answer, withdrawn.promise])
  } finally {
    signal.removeEventListener("abort", abort)
  }
}
