import { type Static, Type } from "@sinclair/typebox"

export const Pty = Type.Object(
  {
    id: Type.String({ pattern: "^pty" }),
    args: Type.Array(Type.String()),
    command: Type.String(),
    cwd: Type.String(),
    pid: Type.Integer({ minimum: 0 }),
    status: Type.Union([Type.Literal("running"), Type.Literal("exited")]),
    title: Type.String(),
    exitCode: Type.Optional(Type.Integer({ minimum: 0 })),
  },
  { $id: "Pty" },
)
export type Pty = Static<typeof Pty>

export const PtyTicketConnectToken = Type.Object(
  { expires_in: Type.Integer({ exclusiveMinimum: 0 }), ticket: Type.String() },
  { $id: "PtyTicketConnectToken" },
)
export type PtyTicketConnectToken = Static<typeof PtyTicketConnectToken>
