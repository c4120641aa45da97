import type { Route } from "./route"
import { globalRoutes } from "./routes/global"
import { pathRoutes } from "./routes/path"

/** Everything the server answers, group by group. */
export const allRoutes: readonly Route[] = [...globalRoutes, ...pathRoutes]
