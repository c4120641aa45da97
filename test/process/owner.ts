// Starts children, prints the pids of one, of its grandchild and of one that was started later, then waits to be killed.
import { createLog } from "../../src/base/log"
import { createSupervisor } from "../../src/process/spawn"

const supervisor = createSupervisor(createLog("DEBUG", (line) => process.stderr.write(line)))
const base = { cwd: "/", env: { PATH: process.env.PATH } }
await supervisor.run({ ...base, command: ["true"] })
const first = supervisor.spawn({ ...base, command: ["sh", "-c", "sleep 60 & echo $!; wait"] })
const second = supervisor.spawn({ ...base, command: ["sleep", "60"] })
const { value } = await first.stdout.getReader().read()
console.log(first.pid, new TextDecoder().decode(value).trim(), second.pid)
setInterval(() => {}, 1000)
