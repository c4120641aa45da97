import { createHash } from "node:crypto"

/** The longest name of a function that all vendors take. */
const MAX_LENGTH = 64

/** A name of a server, tool or prompt with only the characters that vendors take in names. */
export const plainName = (name: string) => name.replace(/[^a-zA-Z0-9_-]/g, "_")

/** The id of a server's tool, as models call it and rules name it. One that is too long ends in a hash of the whole. */
export function mcpToolID(server: string, tool: string): string {
  const id = `${plainName(server)}_${plainName(tool)}`
  if (id.length <= MAX_LENGTH) return id
  const hash = createHash("sha256").update(`${server}\n${tool}`).digest("hex").slice(0, 8)
  return `${id.slice(0, MAX_LENGTH - 9)}_${hash}`
}
