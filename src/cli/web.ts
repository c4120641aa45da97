import { command } from "./command"
import { serve, serveFlags } from "./serve"
import { note } from "./terminal"

const about = `Starts the HTTP server, as serve does, and says where a browser finds something.

There is no web interface in this program: web clients of opencode connect to its address, and /doc explains the API.`

/** `opencode web`. */
export const webCommand = command({ about, flags: serveFlags }, async (values) => {
  const url = await serve(values)
  note(
    `There is no web interface in this program. A web client can connect to ${url}; the API is explained at ${url}/doc`,
  )
})
