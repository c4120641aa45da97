import type { Command } from "./command"

interface Entry {
  about: string
  /** Each command is imported only when it is asked for, so that the others start without it. */
  load(): Promise<Command>
}

/** Commands below a common name. */
interface GroupEntry {
  about: string
  commands: Group
}

export type Group = Record<string, Entry | GroupEntry>

export const isGroup = (entry: Entry | GroupEntry): entry is GroupEntry => "commands" in entry

/** Other names, as the opencode program has them. */
const ALIASES: Record<string, string> = { providers: "auth", ls: "list" }

/** The command or group of that name. */
export function findCommand(group: Group, name: string): Entry | GroupEntry | undefined {
  if (Object.hasOwn(group, name)) return group[name]
  const alias = Object.hasOwn(ALIASES, name) ? ALIASES[name] : undefined
  return alias !== undefined && Object.hasOwn(group, alias) ? group[alias] : undefined
}

/** All commands. */
export const commands: Group = {
  serve: { about: "start the HTTP server", load: async () => (await import("./serve")).serveCommand },
  run: { about: "send a message and print the answer", load: async () => (await import("./run")).runCommand },
  models: { about: "list the models that can be used", load: async () => (await import("./models")).modelsCommand },
  auth: {
    about: "manage the credentials of model providers",
    commands: {
      list: { about: "list them", load: async () => (await import("./auth-list")).authListCommand },
      login: { about: "store a key, or log in", load: async () => (await import("./auth-login")).authLoginCommand },
      logout: { about: "forget one", load: async () => (await import("./auth-logout")).authLogoutCommand },
    },
  },
  console: {
    about: "use the configuration of an organization",
    commands: {
      login: { about: "log in to a console", load: async () => (await import("./console-login")).consoleLoginCommand },
      logout: { about: "forget an account", load: async () => (await import("./console-logout")).consoleLogoutCommand },
      switch: {
        about: "make another organization active",
        load: async () => (await import("./console-switch")).consoleSwitchCommand,
      },
      orgs: { about: "list organizations", load: async () => (await import("./console-orgs")).consoleOrgsCommand },
      open: { about: "show the console", load: async () => (await import("./console-open")).consoleOpenCommand },
    },
  },
  session: {
    about: "manage sessions",
    commands: {
      list: { about: "list them", load: async () => (await import("./session-list")).sessionListCommand },
      delete: { about: "delete one", load: async () => (await import("./session-delete")).sessionDeleteCommand },
    },
  },
  agent: {
    about: "look at agents",
    commands: {
      list: { about: "list them", load: async () => (await import("./agent-list")).agentListCommand },
    },
  },
  mcp: {
    about: "manage MCP servers",
    commands: {
      list: { about: "list them with their state", load: async () => (await import("./mcp-list")).mcpListCommand },
      add: { about: "add one to the configuration", load: async () => (await import("./mcp-add")).mcpAddCommand },
      auth: { about: "log in to one", load: async () => (await import("./mcp-auth")).mcpAuthCommand },
      logout: { about: "forget the login of one", load: async () => (await import("./mcp-logout")).mcpLogoutCommand },
    },
  },
  stats: { about: "sum up tokens, costs and tools", load: async () => (await import("./stats")).statsCommand },
  export: { about: "write a session as JSON", load: async () => (await import("./export")).exportCommand },
  import: {
    about: "read sessions from a file or a database of opencode",
    load: async () => (await import("./import")).importCommand,
  },
  web: { about: "start the server and say where to look", load: async () => (await import("./web")).webCommand },
  attach: { about: "say which terminal client to use", load: async () => (await import("./attach")).attachCommand },
  completion: {
    about: "print the completions of a shell",
    load: async () => (await import("./completion")).completionCommand,
  },
}
