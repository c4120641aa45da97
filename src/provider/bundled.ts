/** The packages inside the binary that talk to vendors. Imported on first use. */
const BUNDLED = new Set(["@ai-sdk/openai-compatible", "@ai-sdk/openai", "@ai-sdk/anthropic", "@ai-sdk/google"])

/** Whether models of this package can be used. */
export const isBundled = (npm: string): boolean => BUNDLED.has(npm)

/** The names of the packages, for messages. */
export const bundledPackages = (): string[] => [...BUNDLED]
