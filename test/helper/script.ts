/** The body of a prompt to the demo model that plays `steps` (see `src/provider/demo-script.ts`). */
export const script = (...steps: unknown[]) => ({
  parts: [{ type: "text", text: `@@script ${JSON.stringify(steps)}` }],
})
