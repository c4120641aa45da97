// Starts children, prints the pids of one, of its grandchild, of one that was started later and of a job in a terminal that
// takes no notice of a hangup, then waits to be killed.
import { createLog } from "../../src/base/log"
import { createSupervisor } from "../../src/process/spawn"

const supervisor = createSupervisor(createLog("DEBUG", (line) => process.stderr.write(line)))
const base = { cwd: "/", env: { PATH: process.env.PATH } }
await supervisor.run({ ...base, command: ["true"] })
const first = supervisor.spawn({ ...base, command: ["sh", "-c", "sleep 60 & echo $!; wait"] })
const second = supervisor.spawn({ ...base, command: ["sleep", "60"] })
const { value } = await first.stdout[Symbol.asyncIterator]().next()
const { promise: job, resolve } = Promise.withResolvers<string>()
supervisor.spawnTerminal({
  ...base,
  command: ["bash", "-c", "set -m; nohup sleep 60 >/dev/null 2>&1 & echo $!; wait"],
  cols: 80,
  rows: 24,
  onOutput: (bytes) => resolve(new TextDecoder().decode(bytes).trim()),
})
console.log(first.pid, new TextDecoder().decode(value).trim(), second.pid, await job)
setInterval(() => {}, 1000)
