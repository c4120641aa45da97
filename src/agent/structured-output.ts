import { Type } from "@sinclair/typebox"
import { defineTool } from "../tool/tool"

/**
 * The tool that a prompt with `format: json_schema` adds: its arguments are the answer. They are taken as they are; the
 * schema itself is given to the model (and to `step-tools.ts`) by the prompt.
 */
export const structuredOutput = defineTool({
  id: "StructuredOutput",
  description:
    "Gives the final answer in the form the user asked for. Call it exactly once, when the work is done; its arguments are the answer. Text outside of this call is not read.",
  parameters: Type.Object({}),
  async execute() {
    return {
      title: "Structured Output",
      output: "Structured output captured successfully.",
      metadata: { valid: true },
    }
  },
})
