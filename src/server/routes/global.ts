import { Type } from "@sinclair/typebox"
import { getGlobalConfig } from "../../config/config"
import { updateGlobalConfig } from "../../config/update"
import { disposeAll } from "../../instance/instance"
import { Config } from "../../schema/config"
import { done, json } from "../answers"
import { type Route, route } from "../route"

const group = { tags: ["global"], scope: "global" as const }
const Health = Type.Object({ healthy: Type.Literal(true), version: Type.String() })
const Upgrade = Type.Object({ success: Type.Literal(false), error: Type.String() })
const SEMVER = "^\\d+\\.\\d+\\.\\d+(-[0-9A-Za-z.-]+)?(\\+[0-9A-Za-z.-]+)?$"

export const globalRoutes: Route[] = [
  route(
    "GET",
    "/global/health",
    { ...group, id: "global.health", summary: "Get health", responses: { 200: json(Health, "The server is up") } },
    ({ app }) => ({ healthy: true as const, version: app.version }),
  ),
  route(
    "GET",
    "/global/config",
    {
      ...group,
      id: "global.config.get",
      summary: "Get global configuration",
      description: "The configuration of the user alone, without that of any project.",
      responses: { 200: json(Config, "Global configuration") },
    },
    ({ app }) => getGlobalConfig(app),
  ),
  route(
    "PATCH",
    "/global/config",
    {
      ...group,
      id: "global.config.update",
      summary: "Update global configuration",
      description:
        "Merges the given fields into the user's configuration file. If that changes anything, all instances are disposed.",
      body: Config,
      unchecked: true,
      responses: { 200: json(Config, "Global configuration after the change") },
    },
    ({ app, body }) => updateGlobalConfig(app, body),
  ),
  route(
    "POST",
    "/global/dispose",
    {
      ...group,
      id: "global.dispose",
      summary: "Dispose all instances",
      description: "Ends everything that runs for any directory. The next request of a directory begins anew.",
      responses: { 200: done("All instances are disposed") },
    },
    ({ app }) => disposeAll(app),
  ),
  route(
    "POST",
    "/global/upgrade",
    {
      ...group,
      id: "global.upgrade",
      summary: "Upgrade the server",
      description: "The server does not replace itself: whoever installed it does. The answer says so.",
      body: Type.Object({ target: Type.String({ pattern: SEMVER, expected: "a semantic version" }) }),
      responses: { 200: json(Upgrade, "Why nothing was upgraded") },
    },
    ({ app, body }) => ({
      success: false as const,
      error: `This is ${app.version}. Install ${body.target} the way this server was installed, and start it again.`,
    }),
  ),
]
