import type { Model, Provider } from "../schema/provider"

/** The provider of the demo model; its name tells people in every model list what it is. */
export const demoProvider: Provider = {
  id: "demo",
  name: "Demo (no AI)",
  source: "custom",
  env: [],
  options: {},
  models: { script: demoModel() },
}

function demoModel(): Model {
  const text = { text: true, audio: false, image: false, video: false, pdf: false }
  return {
    id: "script",
    providerID: "demo",
    api: { id: "script", url: "", npm: "" },
    name: "Scripted demo (no AI)",
    family: "demo",
    capabilities: {
      temperature: false,
      reasoning: true,
      attachment: false,
      toolcall: true,
      input: text,
      output: text,
      interleaved: false,
    },
    cost: { input: 0, output: 0, cache: { read: 0, write: 0 } },
    limit: { context: 200_000, output: 32_000 },
    status: "active",
    options: {},
    headers: {},
    release_date: "",
    variants: {},
  }
}
