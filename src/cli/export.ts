import { Type } from "@sinclair/typebox"
import { MessageEntry } from "../schema/message-entry"
import { Session } from "../schema/session"
import { command, logFlags } from "./command"
import { connect, connectFlags } from "./connect"
import type { Flags } from "./flags"
import { chooseSession } from "./run-session"
import { sanitize } from "./sanitize"
import { note } from "./terminal"

const flags = {
  sanitize: { type: "boolean", about: "leave out what was said and what is in files" },
  ...connectFlags,
  ...logFlags,
} satisfies Flags

const about = `Writes a session with its messages to standard output, as JSON that opencode import reads.

Without an id it is the last session of the directory.`

/** `opencode export`. */
export const exportCommand = command({ about, flags, words: "[SESSION]" }, async (values, [wanted]) => {
  const connection = await connect(values)
  try {
    const id =
      wanted ?? (await chooseSession(connection, { continue: true }, { directory: process.cwd(), message: "" })).id
    if (wanted === undefined) note(`Exporting ${id}`)
    const path = `/session/${encodeURIComponent(id)}`
    // The link to its share page is secret; files are passed on.
    const { share, ...info } = await connection.call(Session, "GET", path)
    const messages = await connection.call(Type.Array(MessageEntry), "GET", `${path}/message`)
    const session = { info, messages }
    process.stdout.write(`${JSON.stringify(values.sanitize ? sanitize(session) : session, undefined, 2)}\n`)
  } finally {
    await connection.close()
  }
})
