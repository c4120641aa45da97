import { Type } from "@sinclair/typebox"
import { defineTool } from "./tool"
import { searchWeb } from "./web-search-service"
import description from "./websearch.txt" with { type: "text" }

const ENDPOINT = "https://mcp.exa.ai/mcp"

export const websearchTool = defineTool({
  id: "websearch",
  description,
  parameters: Type.Object({
    query: Type.String({ description: "What to look for" }),
    numResults: Type.Optional(Type.Number({ description: "How many results; 8 when left out" })),
    livecrawl: Type.Optional(
      Type.Union([Type.Literal("fallback"), Type.Literal("preferred")], {
        description:
          "fallback (default): visit pages that are not in the index; preferred: visit all for the newest text",
      }),
    ),
    type: Type.Optional(
      Type.Union([Type.Literal("auto"), Type.Literal("fast"), Type.Literal("deep")], {
        description: "auto (default), fast, or deep for a thorough search",
      }),
    ),
    contextMaxCharacters: Type.Optional(
      Type.Number({ description: "How many characters all results may have together; 10000 when left out" }),
    ),
  }),
  async execute(args, { instance, signal, ask }) {
    const { query, numResults = 8, livecrawl = "fallback", type = "auto", contextMaxCharacters } = args
    await ask({ permission: "websearch", patterns: [query], always: ["*"], metadata: { ...args } })
    const found = await searchWeb(ENDPOINT, {
      args: {
        query,
        numResults,
        livecrawl,
        type,
        ...(contextMaxCharacters !== undefined && { contextMaxCharacters }),
      },
      userAgent: `opencode/${instance.app.version}`,
      signal,
    })
    const output = found || "Nothing was found. Try other words."
    return { title: `Web search: ${query}`, output, metadata: {} }
  },
})
