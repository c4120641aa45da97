/** Whether a process can still run: one that has ended and waits to be collected does not count. */
export function isAlive(pid: number): boolean {
  const state = Bun.spawnSync(["ps", "-o", "stat=", "-p", `${pid}`])
    .stdout.toString()
    .trim()
  return state !== "" && !state.startsWith("Z")
}
