import type { Instance } from "../instance/instance"
import type { MCPStatus } from "../schema/mcp"
import type { Connection, McpConfig } from "./connection"
import type { McpTool } from "./follow-changes"
import type { Login } from "./login"
import type { McpPrompt } from "./prompts"

/** A configured server, and how it stands with it. */
export interface McpServer {
  readonly name: string
  readonly config: McpConfig
  /** Undefined until somebody has asked for it. A connected one without `connection` was idle and is started when needed. */
  status: MCPStatus | undefined
  connection?: Connection | undefined
  attempt?: Attempt | undefined
  /** It was connected and ended by itself. */
  lost: boolean
  /** When the last attempt began, on the clock of `performance.now()`. */
  attemptedAt: number
  tools: McpTool[]
  /** As asked for last; gone when they have changed. */
  prompts?: Promise<McpPrompt[]> | undefined
  instructions: string | undefined
  /** The token with which it wanted a new login. */
  refused?: string | undefined
  offers: Connection["offers"]
  /** Uses that are under way. */
  uses: number
  /** Epoch milliseconds. */
  usedAt: number
  login?: Login | undefined
}

/** An attempt to connect that is under way. */
export interface Attempt {
  readonly promise: Promise<void>
  readonly abort: AbortController
  /** Somebody did not wait for the end of it. */
  missed: boolean
}

/** A server that nobody has asked for yet. */
export const newServer = ({ app }: Instance, name: string, config: McpConfig): McpServer => ({
  name,
  config,
  status: config.enabled === false ? { status: "disabled" } : undefined,
  lost: false,
  attemptedAt: Number.NEGATIVE_INFINITY,
  tools: [],
  instructions: undefined,
  offers: { prompts: false, resources: false },
  uses: 0,
  usedAt: app.now(),
})
