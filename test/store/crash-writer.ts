// Commits one message with its part after the other, for ever, and prints each `seq` once it was answered.
import { openStore } from "../../src/store/sqlite"
import { message, part, session } from "./fixture"

const file = process.argv[2]
if (!file) throw new Error("usage: crash-writer FILE")
const store = await openStore(file, { now: Date.now })
const one = session()
await store.commit([{ put: "session", data: one }])
for (;;) {
  await Promise.all(
    [1, 2, 3].map(async () => {
      const info = message(one.id)
      const seq = await store.commit([
        { put: "message", data: info },
        { put: "part", data: part(info, "x".repeat(2000)) },
      ])
      process.stdout.write(`${seq} ${info.id}\n`)
    }),
  )
  // Lets the lines leave the process before the next round.
  await new Promise(setImmediate)
}
