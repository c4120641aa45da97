import { Type } from "@sinclair/typebox"
import { command, logFlags } from "./command"
import { connect, connectFlags } from "./connect"
import { note } from "./terminal"

const about = "Deletes a session with its messages and children."

/** `opencode session delete`. */
export const sessionDeleteCommand = command(
  { about, flags: { ...connectFlags, ...logFlags }, words: "SESSION" },
  async (values, [id = ""]) => {
    const connection = await connect(values)
    try {
      await connection.call(Type.Boolean(), "DELETE", `/session/${encodeURIComponent(id)}`)
      note(`The session ${id} is deleted.`)
    } finally {
      await connection.close()
    }
  },
)
