import { expect, test } from "bun:test"
import { join } from "node:path"
import { openInstance } from "../../src/instance/instance"
import { moveSession } from "../../src/session/move"
import { updateSession } from "../../src/session/session"
import { testServer } from "../helper/server"

test("a session that is changed while it is moved keeps the change", async () => {
  const files = { "a.txt": "one\n" }
  await using it = await testServer({ files })
  const { id } = (await it.call("POST", "/session", { title: "Before" })).body
  await Bun.write(join(it.directory, "a.txt"), "two\n")
  const source = await openInstance(it.app, it.directory)
  const target = await openInstance(it.app, await it.makeDirectory("other", { files }))

  const moving = moveSession(target, id, { changes: "move" })
  // Git is at work for the move by now, and has not ended.
  while (it.app.processes.list().length === 0) await new Promise(setImmediate)
  await updateSession(source, id, { title: "After" })
  const { directory, title } = await moving
  expect({ directory, title }).toEqual({ directory: target.directory, title: "After" })
  expect(await Bun.file(join(target.directory, "a.txt")).text()).toBe("two\n")
})
