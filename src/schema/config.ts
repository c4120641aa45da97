import { type Static, Type } from "@sinclair/typebox"
import { AgentConfig } from "./config-agent"
import { McpLocalConfig, McpRemoteConfig } from "./config-mcp"
import { ConfigV2ExperimentalPolicy, PermissionConfig } from "./config-permission"
import { ProviderConfig } from "./config-provider"

export const LogLevel = Type.Union(
  [Type.Literal("DEBUG"), Type.Literal("INFO"), Type.Literal("WARN"), Type.Literal("ERROR")],
  { $id: "LogLevel" },
)
export type LogLevel = Static<typeof LogLevel>

export const ServerConfig = Type.Object(
  {
    cors: Type.Optional(Type.Array(Type.String())),
    hostname: Type.Optional(Type.String()),
    mdns: Type.Optional(Type.Boolean()),
    mdnsDomain: Type.Optional(Type.String()),
    port: Type.Optional(Type.Integer({ exclusiveMinimum: 0 })),
  },
  { $id: "ServerConfig" },
)
export type ServerConfig = Static<typeof ServerConfig>

export const LayoutConfig = Type.Union([Type.Literal("auto"), Type.Literal("stretch")], { $id: "LayoutConfig" })
export type LayoutConfig = Static<typeof LayoutConfig>

export const ImageAttachmentConfig = Type.Object(
  {
    auto_resize: Type.Optional(Type.Boolean()),
    max_base64_bytes: Type.Optional(Type.Integer({ exclusiveMinimum: 0 })),
    max_height: Type.Optional(Type.Integer({ exclusiveMinimum: 0 })),
    max_width: Type.Optional(Type.Integer({ exclusiveMinimum: 0 })),
  },
  { $id: "ImageAttachmentConfig" },
)
export type ImageAttachmentConfig = Static<typeof ImageAttachmentConfig>

export const AttachmentConfig = Type.Object(
  { image: Type.Optional(ImageAttachmentConfig) },
  { $id: "AttachmentConfig" },
)
export type AttachmentConfig = Static<typeof AttachmentConfig>

export const ConfigV2ReferenceGit = Type.Object(
  {
    repository: Type.String(),
    branch: Type.Optional(Type.String()),
    description: Type.Optional(Type.String()),
    hidden: Type.Optional(Type.Boolean()),
  },
  { $id: "ConfigV2ReferenceGit" },
)
export type ConfigV2ReferenceGit = Static<typeof ConfigV2ReferenceGit>

export const ConfigV2ReferenceLocal = Type.Object(
  { path: Type.String(), description: Type.Optional(Type.String()), hidden: Type.Optional(Type.Boolean()) },
  { $id: "ConfigV2ReferenceLocal" },
)
export type ConfigV2ReferenceLocal = Static<typeof ConfigV2ReferenceLocal>

/** One entry of `command`: also what the front matter and the text of a Markdown command say. */
export const CommandConfig = Type.Object({
  template: Type.String(),
  agent: Type.Optional(Type.String()),
  description: Type.Optional(Type.String()),
  model: Type.Optional(Type.String()),
  subtask: Type.Optional(Type.Boolean()),
  variant: Type.Optional(Type.String()),
})
export type CommandConfig = Static<typeof CommandConfig>

export const Config = Type.Object(
  {
    $schema: Type.Optional(Type.String()),
    agent: Type.Optional(
      Type.Object(
        {
          build: Type.Optional(AgentConfig),
          compaction: Type.Optional(AgentConfig),
          explore: Type.Optional(AgentConfig),
          general: Type.Optional(AgentConfig),
          plan: Type.Optional(AgentConfig),
          summary: Type.Optional(AgentConfig),
          title: Type.Optional(AgentConfig),
        },
        { additionalProperties: AgentConfig },
      ),
    ),
    attachment: Type.Optional(AttachmentConfig),
    autoshare: Type.Optional(Type.Boolean()),
    autoupdate: Type.Optional(Type.Union([Type.Boolean(), Type.Literal("notify")])),
    command: Type.Optional(Type.Record(Type.String(), CommandConfig)),
    compaction: Type.Optional(
      Type.Object({
        auto: Type.Optional(Type.Boolean()),
        preserve_recent_tokens: Type.Optional(Type.Integer({ minimum: 0 })),
        prune: Type.Optional(Type.Boolean()),
        reserved: Type.Optional(Type.Integer({ minimum: 0 })),
        tail_turns: Type.Optional(Type.Integer({ minimum: 0 })),
      }),
    ),
    default_agent: Type.Optional(Type.String()),
    disabled_providers: Type.Optional(Type.Array(Type.String())),
    enabled_providers: Type.Optional(Type.Array(Type.String())),
    enterprise: Type.Optional(Type.Object({ url: Type.Optional(Type.String()) })),
    experimental: Type.Optional(
      Type.Object({
        batch_tool: Type.Optional(Type.Boolean()),
        continue_loop_on_deny: Type.Optional(Type.Boolean()),
        disable_paste_summary: Type.Optional(Type.Boolean()),
        mcp_timeout: Type.Optional(Type.Integer({ exclusiveMinimum: 0 })),
        openTelemetry: Type.Optional(Type.Boolean()),
        policies: Type.Optional(Type.Array(ConfigV2ExperimentalPolicy)),
        primary_tools: Type.Optional(Type.Array(Type.String())),
      }),
    ),
    formatter: Type.Optional(
      Type.Union([
        Type.Boolean(),
        Type.Record(
          Type.String(),
          Type.Object({
            command: Type.Optional(Type.Array(Type.String())),
            disabled: Type.Optional(Type.Boolean()),
            environment: Type.Optional(Type.Record(Type.String(), Type.String())),
            extensions: Type.Optional(Type.Array(Type.String())),
          }),
        ),
      ]),
    ),
    instructions: Type.Optional(Type.Array(Type.String())),
    layout: Type.Optional(LayoutConfig),
    logLevel: Type.Optional(LogLevel),
    lsp: Type.Optional(
      Type.Union([
        Type.Boolean(),
        Type.Record(
          Type.String(),
          Type.Union([
            Type.Object({ disabled: Type.Literal(true) }),
            Type.Object({
              command: Type.Array(Type.String()),
              disabled: Type.Optional(Type.Boolean()),
              env: Type.Optional(Type.Record(Type.String(), Type.String())),
              extensions: Type.Optional(Type.Array(Type.String())),
              initialization: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
            }),
          ]),
        ),
      ]),
    ),
    mcp: Type.Optional(
      Type.Record(
        Type.String(),
        Type.Union([McpLocalConfig, McpRemoteConfig, Type.Object({ enabled: Type.Boolean() })]),
      ),
    ),
    mode: Type.Optional(
      Type.Object(
        { build: Type.Optional(AgentConfig), plan: Type.Optional(AgentConfig) },
        { additionalProperties: AgentConfig },
      ),
    ),
    model: Type.Optional(Type.String()),
    permission: Type.Optional(PermissionConfig),
    plugin: Type.Optional(
      Type.Array(Type.Union([Type.String(), Type.Tuple([Type.String(), Type.Record(Type.String(), Type.Unknown())])])),
    ),
    provider: Type.Optional(Type.Record(Type.String(), ProviderConfig)),
    reference: Type.Optional(
      Type.Record(Type.String(), Type.Union([Type.String(), ConfigV2ReferenceGit, ConfigV2ReferenceLocal])),
    ),
    references: Type.Optional(
      Type.Record(Type.String(), Type.Union([Type.String(), ConfigV2ReferenceGit, ConfigV2ReferenceLocal])),
    ),
    server: Type.Optional(ServerConfig),
    share: Type.Optional(Type.Union([Type.Literal("manual"), Type.Literal("auto"), Type.Literal("disabled")])),
    shell: Type.Optional(Type.String()),
    skills: Type.Optional(
      Type.Object({ paths: Type.Optional(Type.Array(Type.String())), urls: Type.Optional(Type.Array(Type.String())) }),
    ),
    small_model: Type.Optional(Type.String()),
    snapshot: Type.Optional(Type.Boolean()),
    subagent_depth: Type.Optional(Type.Integer({ minimum: 0 })),
    tool_output: Type.Optional(
      Type.Object({
        max_bytes: Type.Optional(Type.Integer({ exclusiveMinimum: 0 })),
        max_lines: Type.Optional(Type.Integer({ exclusiveMinimum: 0 })),
      }),
    ),
    tools: Type.Optional(Type.Record(Type.String(), Type.Boolean())),
    username: Type.Optional(Type.String()),
    watcher: Type.Optional(Type.Object({ ignore: Type.Optional(Type.Array(Type.String())) })),
  },
  { $id: "Config" },
)
export type Config = Static<typeof Config>
