import { type TSchema, Type } from "@sinclair/typebox"
import type { Instance } from "../../instance/instance"
import { LocationInfo } from "../../schema/api-location"
import { json } from "../answers"

/** How a request of `/api` names its directory; `instance-scope.ts` reads it. */
export const locationQuery = {
  location: Type.Optional(
    Type.Object({ directory: Type.Optional(Type.String()), workspace: Type.Optional(Type.String()) }),
  ),
}

/** Where a request was answered: its directory and the project that this belongs to. */
export const locationOf = ({ directory, worktree, project }: Instance): LocationInfo => ({
  directory,
  project: { id: project.id, directory: worktree },
})

/** What `located` answers. */
export const locatedAnswer = <T extends TSchema>(data: T, description: string) =>
  json(Type.Object({ location: LocationInfo, data }), description)

/** An answer of `/api` about a directory. */
export const located = <T>(instance: Instance, data: T): { location: LocationInfo; data: T } => ({
  location: locationOf(instance),
  data,
})
