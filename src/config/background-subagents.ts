import type { App } from "../instance/app"
import { isOn } from "./directories"

/**
 * Whether models may start subagents in the background, and clients offer to send them there. The variable of its own goes
 * before the one for everything that is experimental.
 */
export const offersBackground = ({ env }: Pick<App, "env">): boolean =>
  isOn(env.OPENCODE_EXPERIMENTAL_BACKGROUND_SUBAGENTS ?? env.OPENCODE_EXPERIMENTAL)
