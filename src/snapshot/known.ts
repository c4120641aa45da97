import type { Instance } from "../instance/instance"
import { textOf } from "../process/git"
import { complain, findShadow } from "./shadow"

/** Whether all of the trees are there to be compared and restored. Takes any text for a tree. */
export async function hasSnapshots(instance: Instance, trees: string[]): Promise<boolean> {
  if (trees.length === 0) return true
  const shadow = await findShadow(instance)
  if (!shadow || !trees.every(isTree)) return false
  try {
    const listed = await shadow.git(["cat-file", "--batch-check=%(objecttype)"], { stdin: `${trees.join("\n")}\n` })
    const types = textOf(listed).trim().split("\n")
    return listed.ok && types.length === trees.length && types.every((type) => type === "tree")
  } catch (error) {
    complain(instance, error)
    return false
  }
}

/** Whether a text has the form of a tree's hash. Stored ones come from clients too; git takes others for options. */
export const isTree = (text: string) => /^([0-9a-f]{40}|[0-9a-f]{64})$/.test(text)

/** Throws unless a text has the form of a tree's hash. */
export function requireTree(text: string): void {
  if (!isTree(text)) throw new Error(`Not a snapshot: ${JSON.stringify(text).slice(0, 100)}`)
}
