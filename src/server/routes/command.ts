import { Type } from "@sinclair/typebox"
import { listCommands } from "../../command/command"
import { Command } from "../../schema/command"
import { json } from "../answers"
import { type Route, route } from "../route"

export const commandRoutes: Route[] = [
  route(
    "GET",
    "/command",
    {
      id: "command.list",
      tags: ["instance"],
      summary: "List commands",
      description: "The slash commands of the directory: built-in and configured ones, and skills.",
      responses: { 200: json(Type.Array(Command), "Commands") },
    },
    ({ instance }) => listCommands(instance),
  ),
]
