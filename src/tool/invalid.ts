import { Type } from "@sinclair/typebox"
import description from "./invalid.txt" with { type: "text" }
import { defineTool } from "./tool"

/** What a call becomes whose tool does not exist or whose arguments are not JSON: the model reads why. */
export const invalidTool = defineTool({
  id: "invalid",
  description,
  parameters: Type.Object({ tool: Type.String(), error: Type.String() }),
  async execute({ error }) {
    return {
      title: "Invalid Tool",
      output: `The arguments provided to the tool are invalid: ${error}`,
      metadata: {},
    }
  },
})
