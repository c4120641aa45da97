import { type Static, Type } from "@sinclair/typebox"

export const ConsoleState = Type.Object(
  {
    consoleManagedProviders: Type.Array(Type.String()),
    switchableOrgCount: Type.Integer({ minimum: 0 }),
    activeOrgName: Type.Optional(Type.String()),
  },
  { $id: "ConsoleState" },
)
export type ConsoleState = Static<typeof ConsoleState>

export const ExperimentalCapabilities = Type.Object(
  { backgroundSubagents: Type.Boolean() },
  { $id: "ExperimentalCapabilities" },
)
export type ExperimentalCapabilities = Static<typeof ExperimentalCapabilities>
