import { type Static, Type } from "@sinclair/typebox"

export const Model = Type.Object(
  {
    id: Type.String(),
    api: Type.Object({ id: Type.String(), npm: Type.String(), url: Type.String() }),
    capabilities: Type.Object({
      attachment: Type.Boolean(),
      input: Type.Object({
        audio: Type.Boolean(),
        image: Type.Boolean(),
        pdf: Type.Boolean(),
        text: Type.Boolean(),
        video: Type.Boolean(),
      }),
      interleaved: Type.Union([
        Type.Boolean(),
        Type.Object({
          field: Type.Union([
            Type.Union([Type.Literal("reasoning"), Type.Literal("reasoning_content"), Type.Literal("reasoning_text")]),
            Type.String(),
          ]),
        }),
      ]),
      output: Type.Object({
        audio: Type.Boolean(),
        image: Type.Boolean(),
        pdf: Type.Boolean(),
        text: Type.Boolean(),
        video: Type.Boolean(),
      }),
      reasoning: Type.Boolean(),
      temperature: Type.Boolean(),
      toolcall: Type.Boolean(),
    }),
    cost: Type.Object({
      cache: Type.Object({ read: Type.Number(), write: Type.Number() }),
      input: Type.Number(),
      output: Type.Number(),
      experimentalOver200K: Type.Optional(
        Type.Object({
          cache: Type.Object({ read: Type.Number(), write: Type.Number() }),
          input: Type.Number(),
          output: Type.Number(),
        }),
      ),
      tiers: Type.Optional(
        Type.Array(
          Type.Object({
            cache: Type.Object({ read: Type.Number(), write: Type.Number() }),
            input: Type.Number(),
            output: Type.Number(),
            tier: Type.Object({ type: Type.Literal("context"), size: Type.Number() }),
          }),
        ),
      ),
    }),
    headers: Type.Record(Type.String(), Type.String()),
    limit: Type.Object({ context: Type.Number(), output: Type.Number(), input: Type.Optional(Type.Number()) }),
    name: Type.String(),
    options: Type.Record(Type.String(), Type.Unknown()),
    providerID: Type.String(),
    release_date: Type.String(),
    status: Type.Union([
      Type.Literal("alpha"),
      Type.Literal("beta"),
      Type.Literal("deprecated"),
      Type.Literal("active"),
    ]),
    family: Type.Optional(Type.String()),
    variants: Type.Optional(Type.Record(Type.String(), Type.Record(Type.String(), Type.Unknown()))),
  },
  { $id: "Model" },
)
export type Model = Static<typeof Model>

export const Provider = Type.Object(
  {
    id: Type.String(),
    env: Type.Array(Type.String()),
    models: Type.Record(Type.String(), Model),
    name: Type.String(),
    options: Type.Record(Type.String(), Type.Unknown()),
    source: Type.Union([Type.Literal("env"), Type.Literal("config"), Type.Literal("custom"), Type.Literal("api")]),
    key: Type.Optional(Type.String()),
  },
  { $id: "Provider" },
)
export type Provider = Static<typeof Provider>
