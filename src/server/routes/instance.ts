import { disposeInstance } from "../../instance/instance"
import { done } from "../answers"
import { type Route, route } from "../route"

export const instanceRoutes: Route[] = [
  route(
    "POST",
    "/instance/dispose",
    {
      id: "instance.dispose",
      tags: ["instance"],
      summary: "Dispose the instance",
      description: "Ends everything that runs for the directory. The next request begins anew.",
      responses: { 200: done("The instance is disposed") },
    },
    ({ instance }) => disposeInstance(instance),
  ),
]
