import type { Log } from "../base/log"
import { ownGroup } from "./process-group"

/** Ends the child processes when this process is gone, even if it was killed and could not do so itself. */
export interface Watchdog {
  add(group: number): void
  remove(group: number): void
  dispose(): void
}

// Reads "+ GROUP" and "- GROUP". The end of its input means that the server is gone: then every group still listed is ended,
// and, where /proc tells it, what else is in the sessions of their leaders (shells give each job a group of its own).
const SCRIPT = `trap '' HUP INT TERM
groups=' '
while read -r change group; do
  case $change in
    +) groups="$groups$group " ;;
    -) case $groups in *" $group "*) groups="\${groups%% $group *} \${groups#* $group }" ;; esac ;;
  esac
done
[ "$groups" = ' ' ] && exit 0
end() {
  for group in $groups; do kill -s "$1" -- "-$group" 2>/dev/null; done
  for stat in /proc/[0-9]*/stat; do
    read -r line 2>/dev/null < "$stat" || continue
    set -- "$1" \${line##*) }
    case $groups in *" $5 "*) kill -s "$1" "\${line%% *}" 2>/dev/null ;; esac
  done
}
end TERM
sleep 1
end KILL`

/**
 * A watchdog for the life of this process. It is one sleeping `sh`, started with the first group, and started again with
 * the groups of that time should it die. On Windows the system does its work (see `process-group.ts`).
 */
export function createWatchdog(log: Log): Watchdog {
  const groups = new Set<number>()
  let shell: ReturnType<typeof startShell> | undefined
  let usable = process.platform !== "win32"

  const tell = (lines: string) => {
    if (!usable) return
    try {
      if (!shell || shell.exitCode !== null || shell.signalCode !== null) {
        shell = startShell()
        lines = [...groups].map((group) => `+ ${group}\n`).join("")
      }
      shell.stdin.write(lines)
      const flushed = shell.stdin.flush()
      // A shell that dies meanwhile is seen by the next change.
      if (flushed instanceof Promise) flushed.catch(() => {})
    } catch (error) {
      usable = false
      log.warn("Child processes will outlive the server if it is killed: cannot start sh to watch them", { error })
    }
  }
  return {
    add(group) {
      groups.add(group)
      tell(`+ ${group}\n`)
    },
    remove(group) {
      groups.delete(group)
      if (shell) tell(`- ${group}\n`)
    },
    dispose() {
      usable = false
      shell?.kill("SIGKILL")
    },
  }
}

function startShell() {
  const shell = Bun.spawn(["/bin/sh", "-c", SCRIPT], {
    ...ownGroup,
    cwd: "/",
    env: { PATH: "/usr/bin:/bin" },
    stdio: ["pipe", "ignore", "ignore"],
  })
  shell.unref()
  return shell
}
