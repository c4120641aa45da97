import type { TestServer } from "./server"

/** The id of a new session with a title, so that the model is not asked for one. */
export const newSession = async (it: TestServer): Promise<string> =>
  (await it.call("POST", "/session", { title: "Test" })).body.id
