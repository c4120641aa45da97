import { type Static, Type } from "@sinclair/typebox"

/** A file with custom tools. `name` is what its default export is called by. */
export const ToolFile = Type.Object({ path: Type.String(), name: Type.String() })
export type ToolFile = Static<typeof ToolFile>

const call = Type.Integer()
const Values = Type.Record(Type.String(), Type.Unknown())

/** What a custom tool asks its user for. */
export const Query = Type.Object({
  permission: Type.String(),
  patterns: Type.Array(Type.String()),
  always: Type.Array(Type.String()),
  metadata: Type.Optional(Values),
})

/** What a custom tool shows of a running call. */
export const Update = Type.Object({ title: Type.Optional(Type.String()), metadata: Type.Optional(Values) })

/** To the process of custom tools. Calls and questions are numbered by who begins them. */
export const ToWorker = Type.Union([
  Type.Object({ type: Type.Literal("load"), directory: Type.String(), files: Type.Array(ToolFile) }),
  Type.Object({
    type: Type.Literal("call"),
    call,
    tool: Type.String(),
    args: Values,
    /** What the tool is told about where it is called. */
    context: Type.Object({
      sessionID: Type.String(),
      messageID: Type.String(),
      agent: Type.String(),
      directory: Type.String(),
      worktree: Type.String(),
    }),
  }),
  Type.Object({ type: Type.Literal("abort"), call }),
  /** Is answered as soon as no tool blocks the process. */
  Type.Object({ type: Type.Literal("ping") }),
  /** To an `ask`; `refused` is why it was not allowed. */
  Type.Object({ type: Type.Literal("answer"), ask: Type.Integer(), refused: Type.Optional(Type.String()) }),
])
export type ToWorker = Static<typeof ToWorker>

/** A tool as it was found in a file. `parameters` is the JSON Schema of its arguments. */
export const CustomTool = Type.Object({ id: Type.String(), description: Type.String(), parameters: Values })
export type CustomTool = Static<typeof CustomTool>

/** A file, or one of its tools, that cannot be used. */
export const Problem = Type.Object({ path: Type.String(), reason: Type.String() })
export type Problem = Static<typeof Problem>

/** What a call has given. */
export const CustomResult = Type.Object({
  title: Type.Optional(Type.String()),
  output: Type.String(),
  metadata: Type.Optional(Values),
  attachments: Type.Optional(
    Type.Array(
      Type.Object({
        mime: Type.String(),
        url: Type.String({ pattern: "^data:" }),
        filename: Type.Optional(Type.String()),
      }),
    ),
  ),
})
export type CustomResult = Static<typeof CustomResult>

/** From the process of custom tools. */
export const FromWorker = Type.Union([
  Type.Object({ type: Type.Literal("loading"), path: Type.String() }),
  Type.Object({ type: Type.Literal("loaded"), tools: Type.Array(CustomTool), problems: Type.Array(Problem) }),
  Type.Object({ type: Type.Literal("ask"), call, ask: Type.Integer(), query: Query }),
  Type.Object({ type: Type.Literal("progress"), call, update: Update }),
  Type.Object({ type: Type.Literal("done"), call, result: CustomResult }),
  Type.Object({ type: Type.Literal("failed"), call, reason: Type.String() }),
  Type.Object({ type: Type.Literal("pong") }),
])
export type FromWorker = Static<typeof FromWorker>
