import { getConfig } from "../config/config"
import type { Instance } from "../instance/instance"
import type { ToolPart } from "../schema/part"
import { savePart } from "../session/message"
import { activeHistory } from "./active-history"
import { estimateTokens } from "./conversation-text"

/** Newest tool output that always stays, and the least worth clearing, in tokens. */
const KEEP = 40_000
const WORTHWHILE = 20_000
const KEEP_TURNS = 2

/**
 * Marks old tool outputs as cleared: the model is then told so instead of getting them again. Only with config
 * `compaction.prune`. The stored output itself stays readable.
 */
export async function pruneOutputs(instance: Instance, sessionID: string): Promise<void> {
  const { compaction } = await getConfig(instance)
  if (!compaction?.prune || instance.app.env.OPENCODE_DISABLE_PRUNE) return
  const old: ToolPart[] = []
  let turns = 0
  let seen = 0
  let saved = 0
  for (const { info, parts } of (await activeHistory(instance, sessionID)).toReversed()) {
    if (turns >= KEEP_TURNS)
      for (const part of parts.toReversed()) {
        if (part.type !== "tool" || part.state.status !== "completed" || part.tool === "skill") continue
        if (part.state.time.compacted) continue
        const tokens = estimateTokens(part.state.output)
        seen += tokens
        if (seen <= KEEP) continue
        saved += tokens
        old.push(part)
      }
    if (info.role === "user") turns++
  }
  if (saved < WORTHWHILE) return
  for (const part of old) {
    if (part.state.status !== "completed") continue
    const time = { ...part.state.time, compacted: instance.app.now() }
    await savePart(instance, { ...part, state: { ...part.state, time } })
  }
}
