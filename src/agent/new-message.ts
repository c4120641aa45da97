import { newID } from "../base/id"
import type { Instance } from "../instance/instance"
import type { AssistantMessage, UserMessage } from "../schema/message"
import type { ModelReference } from "../schema/prompt"
import { NO_TOKENS } from "../session/tokens"

/** A user message that is not stored yet. */
export const newUserMessage = (
  instance: Instance,
  { sessionID, agent, model }: Pick<UserMessage, "sessionID" | "agent" | "model">,
): UserMessage => ({
  id: newID("message"),
  sessionID,
  role: "user",
  time: { created: instance.app.now() },
  agent,
  model,
})

/** An assistant message that answers `user` and has nothing in it yet. It is not stored. */
export const newAssistantMessage = (
  instance: Instance,
  { user, agent, model }: { user: Pick<UserMessage, "id" | "sessionID">; agent: string; model: ModelReference },
): AssistantMessage => ({
  id: newID("message"),
  sessionID: user.sessionID,
  role: "assistant",
  parentID: user.id,
  mode: agent,
  agent,
  path: { cwd: instance.directory, root: instance.worktree },
  cost: 0,
  tokens: NO_TOKENS,
  modelID: model.modelID,
  providerID: model.providerID,
  time: { created: instance.app.now() },
})
