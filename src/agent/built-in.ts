import type { Instance } from "../instance/instance"
import type { Agent } from "../schema/agent"
import compactionPrompt from "./prompt/compaction.txt" with { type: "text" }
import explorePrompt from "./prompt/explore.txt" with { type: "text" }
import summaryPrompt from "./prompt/summary.txt" with { type: "text" }
import titlePrompt from "./prompt/title.txt" with { type: "text" }
import { allow, deny, outsideRules, planRules } from "./rules"

/** The agents that come with the server. `permission` holds what each adds to the rules that all share. */
export const builtInAgents = (instance: Instance, skillFolders: string[]): Agent[] => [
  {
    name: "build",
    description: "The default agent. Runs tools as the configured permissions allow.",
    mode: "primary",
    native: true,
    options: {},
    permission: [allow("question"), allow("plan_enter")],
  },
  {
    name: "plan",
    description: "Looks, thinks and plans with you, and changes no files.",
    mode: "primary",
    native: true,
    options: {},
    permission: [allow("question"), allow("plan_exit"), deny("task", "general"), ...planRules(instance)],
  },
  {
    name: "general",
    description:
      "For work of several steps and for questions that take some research. Start several of them to do independent things at once.",
    mode: "subagent",
    native: true,
    options: {},
    permission: [deny("todowrite")],
  },
  {
    name: "explore",
    description:
      "Finds things in a code base quickly and changes nothing: files by name pattern, code by what it says, answers to questions such as how requests are routed. Say how thorough to be: quick for a simple look-up, medium for a moderate search, very thorough to try several places and naming habits.",
    mode: "subagent",
    native: true,
    options: {},
    prompt: explorePrompt,
    permission: [
      deny("*"),
      ...["grep", "glob", "list", "bash", "webfetch", "websearch", "read"].map((tool) => allow(tool)),
      ...outsideRules(instance, skillFolders),
    ],
  },
  hidden("compaction", compactionPrompt),
  { ...hidden("title", titlePrompt), temperature: 0.5 },
  hidden("summary", summaryPrompt),
]

const hidden = (name: string, prompt: string): Agent => ({
  name,
  mode: "primary",
  native: true,
  hidden: true,
  options: {},
  prompt,
  permission: [deny("*")],
})
