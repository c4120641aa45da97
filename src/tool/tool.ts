import type { Static, TObject } from "@sinclair/typebox"
import type { Instance } from "../instance/instance"
import type { PermissionQuestion } from "../permission/permission"
import type { Agent } from "../schema/agent"

/** What a tool asks for before it acts. Resolves when allowed; throws when denied, rejected or aborted. */
export type PermissionQuery = Pick<PermissionQuestion, "permission" | "patterns" | "always" | "metadata">

/** What the `task` tool needs from the agent loop: runs a prompt in a child session and answers its last text. */
export interface Subtask {
  description: string
  prompt: string
  agent: string
  /** An earlier child session to go on with. */
  sessionID?: string
  command?: string
  /** Not to be waited for. */
  background?: boolean
}
export interface SubtaskRun {
  sessionID: string
  model: { providerID: string; modelID: string }
  /** Settles when the child is idle, or with undefined as soon as it goes on in the background; rejects with the child's error. */
  result: Promise<string | undefined>
}

/** The whole of what a tool may touch. */
export interface ToolContext {
  instance: Instance
  sessionID: string
  messageID: string
  callID: string
  agent: Agent
  /** Aborted when the run is. A tool must end soon after. */
  signal: AbortSignal
  /** Instruction files that this session's model has already seen; a tool adds what it shows. */
  seenInstructions: Set<string>
  ask(query: PermissionQuery): Promise<void>
  /** Shows title or metadata of the running call to the clients. */
  progress(update: { title?: string; metadata?: Record<string, unknown> }): void
  runSubtask(task: Subtask): Promise<SubtaskRun>
}

export interface Attachment {
  mime: string
  /** A `data:` URL. */
  url: string
  filename?: string
}

export interface ToolResult {
  title: string
  /** What the model reads. Bounded by the registry unless the tool set `metadata.truncated` itself. */
  output: string
  metadata: Record<string, unknown>
  attachments?: Attachment[]
}

export interface Tool<P extends TObject = TObject> {
  id: string
  /** Prose for the model: the `.txt` file next to the tool. */
  description: string
  parameters: P
  execute(args: Static<P>, context: ToolContext): Promise<ToolResult>
}

/** Gives a tool its types; the registry adds checking of the arguments and bounding of the output. */
export const defineTool = <P extends TObject>(tool: Tool<P>): Tool<P> => tool
