import buildSwitch from "./prompt/build-switch.txt" with { type: "text" }
import lastStep from "./prompt/last-step.txt" with { type: "text" }
import plan from "./prompt/plan.txt" with { type: "text" }

/** Goes with the user's message while the plan agent works. Sent to the model, never stored. */
export const planReminder = plan.trim()

/** Goes with the user's message when the plan agent answered before and another one does now. Sent, never stored. */
export const buildSwitchReminder = buildSwitch.trim()

/** The assistant's own words at the end of the request for the last step that an agent's `steps` allows. */
export const lastStepText = lastStep.trim()
