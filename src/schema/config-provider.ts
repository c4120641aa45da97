import { type Static, Type } from "@sinclair/typebox"

export const ProviderConfig = Type.Object(
  {
    api: Type.Optional(Type.String()),
    blacklist: Type.Optional(Type.Array(Type.String())),
    env: Type.Optional(Type.Array(Type.String())),
    id: Type.Optional(Type.String()),
    models: Type.Optional(
      Type.Record(
        Type.String(),
        Type.Object({
          attachment: Type.Optional(Type.Boolean()),
          cost: Type.Optional(
            Type.Object({
              input: Type.Number(),
              output: Type.Number(),
              cache_read: Type.Optional(Type.Number()),
              cache_write: Type.Optional(Type.Number()),
              context_over_200k: Type.Optional(
                Type.Object({
                  input: Type.Number(),
                  output: Type.Number(),
                  cache_read: Type.Optional(Type.Number()),
                  cache_write: Type.Optional(Type.Number()),
                }),
              ),
            }),
          ),
          experimental: Type.Optional(Type.Boolean()),
          family: Type.Optional(Type.String()),
          headers: Type.Optional(Type.Record(Type.String(), Type.String())),
          id: Type.Optional(Type.String()),
          interleaved: Type.Optional(
            Type.Union([
              Type.Boolean(),
              Type.Union([
                Type.Literal("reasoning"),
                Type.Literal("reasoning_content"),
                Type.Literal("reasoning_text"),
              ]),
              Type.String(),
              Type.Object({
                field: Type.Union([
                  Type.Union([
                    Type.Literal("reasoning"),
                    Type.Literal("reasoning_content"),
                    Type.Literal("reasoning_text"),
                  ]),
                  Type.String(),
                ]),
              }),
            ]),
          ),
          limit: Type.Optional(
            Type.Object({ context: Type.Number(), output: Type.Number(), input: Type.Optional(Type.Number()) }),
          ),
          modalities: Type.Optional(
            Type.Object({
              input: Type.Optional(
                Type.Array(
                  Type.Union([
                    Type.Literal("text"),
                    Type.Literal("audio"),
                    Type.Literal("image"),
                    Type.Literal("video"),
                    Type.Literal("pdf"),
                  ]),
                ),
              ),
              output: Type.Optional(
                Type.Array(
                  Type.Union([
                    Type.Literal("text"),
                    Type.Literal("audio"),
                    Type.Literal("image"),
                    Type.Literal("video"),
                    Type.Literal("pdf"),
                  ]),
                ),
              ),
            }),
          ),
          name: Type.Optional(Type.String()),
          options: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
          provider: Type.Optional(
            Type.Object({ api: Type.Optional(Type.String()), npm: Type.Optional(Type.String()) }),
          ),
          reasoning: Type.Optional(Type.Boolean()),
          release_date: Type.Optional(Type.String()),
          status: Type.Optional(
            Type.Union([
              Type.Literal("alpha"),
              Type.Literal("beta"),
              Type.Literal("deprecated"),
              Type.Literal("active"),
            ]),
          ),
          temperature: Type.Optional(Type.Boolean()),
          tool_call: Type.Optional(Type.Boolean()),
          variants: Type.Optional(
            Type.Record(
              Type.String(),
              Type.Object({ disabled: Type.Optional(Type.Boolean()) }, { additionalProperties: true }),
            ),
          ),
        }),
      ),
    ),
    name: Type.Optional(Type.String()),
    npm: Type.Optional(Type.String()),
    options: Type.Optional(
      Type.Object(
        {
          apiKey: Type.Optional(Type.String()),
          baseURL: Type.Optional(Type.String()),
          chunkTimeout: Type.Optional(Type.Union([Type.Integer({ exclusiveMinimum: 0 }), Type.Literal(false)])),
          enterpriseUrl: Type.Optional(Type.String()),
          headerTimeout: Type.Optional(Type.Union([Type.Integer({ exclusiveMinimum: 0 }), Type.Literal(false)])),
          setCacheKey: Type.Optional(Type.Boolean()),
          timeout: Type.Optional(Type.Union([Type.Integer({ exclusiveMinimum: 0 }), Type.Literal(false)])),
        },
        { additionalProperties: true },
      ),
    ),
    whitelist: Type.Optional(Type.Array(Type.String())),
  },
  { $id: "ProviderConfig" },
)
export type ProviderConfig = Static<typeof ProviderConfig>
