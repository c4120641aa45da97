import { homedir, tmpdir } from "node:os"
import { isAbsolute, join } from "node:path"
import type { Paths } from "../base/path"

const NAME = "opencode"

/**
 * The directories by the XDG rules, on every system (as the opencode program has them, so that both share configuration
 * and logins). The rules say that a relative value is to be ignored.
 */
export function pathsOf(env: Readonly<Record<string, string | undefined>>): Paths {
  const home = env.HOME || homedir()
  const at = (variable: string, ...fallback: string[]) => {
    const value = env[variable]
    return join(value && isAbsolute(value) ? value : join(home, ...fallback), NAME)
  }
  return {
    home,
    config: at("XDG_CONFIG_HOME", ".config"),
    data: at("XDG_DATA_HOME", ".local", "share"),
    state: at("XDG_STATE_HOME", ".local", "state"),
    cache: at("XDG_CACHE_HOME", ".cache"),
    temp: join(tmpdir(), NAME),
  }
}
