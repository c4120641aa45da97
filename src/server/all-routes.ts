import type { Route } from "./route"
import { agentRoutes } from "./routes/agent"
import { apiAgentRoutes } from "./routes/api-agent"
import { apiFileRoutes } from "./routes/api-file"
import { apiLocationRoutes } from "./routes/api-location"
import { apiProviderRoutes } from "./routes/api-provider"
import { apiRequestRoutes } from "./routes/api-request"
import { apiSessionRoutes } from "./routes/api-session"
import { authRoutes } from "./routes/auth"
import { commandRoutes } from "./routes/command"
import { configRoutes } from "./routes/config"
import { eventRoutes } from "./routes/event"
import { experimentalRoutes } from "./routes/experimental"
import { fileRoutes } from "./routes/file"
import { findRoutes } from "./routes/find"
import { formatterRoutes } from "./routes/formatter"
import { globalRoutes } from "./routes/global"
import { instanceRoutes } from "./routes/instance"
import { logRoutes } from "./routes/log"
import { lspRoutes } from "./routes/lsp"
import { mcpRoutes } from "./routes/mcp"
import { pathRoutes } from "./routes/path"
import { permissionRoutes } from "./routes/permission"
import { projectRoutes } from "./routes/project"
import { projectCopyRoutes } from "./routes/project-copy"
import { providerRoutes } from "./routes/provider"
import { ptyRoutes } from "./routes/pty"
import { questionRoutes } from "./routes/question"
import { sessionRoutes } from "./routes/session"
import { sessionActionRoutes } from "./routes/session-actions"
import { sessionMessageRoutes } from "./routes/session-message"
import { shareRoutes } from "./routes/share"
import { skillRoutes } from "./routes/skill"
import { syncRoutes } from "./routes/sync"
import { tuiRoutes } from "./routes/tui"
import { vcsRoutes } from "./routes/vcs"
import { workspaceRoutes } from "./routes/workspace"
import { worktreeRoutes } from "./routes/worktree"

/** Everything the server answers, group by group. */
export const allRoutes: readonly Route[] = [
  ...globalRoutes,
  ...eventRoutes,
  ...instanceRoutes,
  ...pathRoutes,
  ...projectRoutes,
  ...vcsRoutes,
  ...fileRoutes,
  ...findRoutes,
  ...configRoutes,
  ...providerRoutes,
  ...authRoutes,
  ...agentRoutes,
  ...commandRoutes,
  ...skillRoutes,
  ...sessionRoutes,
  ...sessionMessageRoutes,
  ...sessionActionRoutes,
  ...shareRoutes,
  ...permissionRoutes,
  ...questionRoutes,
  ...lspRoutes,
  ...formatterRoutes,
  ...mcpRoutes,
  ...experimentalRoutes,
  ...worktreeRoutes,
  ...workspaceRoutes,
  ...projectCopyRoutes,
  ...syncRoutes,
  ...ptyRoutes,
  ...tuiRoutes,
  ...logRoutes,
  ...apiLocationRoutes,
  ...apiAgentRoutes,
  ...apiProviderRoutes,
  ...apiSessionRoutes,
  ...apiRequestRoutes,
  ...apiFileRoutes,
]
