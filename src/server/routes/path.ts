import { Path } from "../../schema/path"
import { json } from "../answers"
import { type Route, route } from "../route"

export const pathRoutes: Route[] = [
  route(
    "GET",
    "/path",
    {
      id: "path.get",
      tags: ["instance"],
      summary: "Get paths",
      description:
        "The directory this request is about, the worktree that holds it, and where the server keeps its files.",
      responses: { 200: json(Path, "Paths") },
    },
    ({ app: { paths }, instance: { directory, worktree } }) => ({
      home: paths.home,
      state: paths.state,
      config: paths.config,
      worktree,
      directory,
    }),
  ),
]
