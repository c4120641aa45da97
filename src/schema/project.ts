import { type Static, Type } from "@sinclair/typebox"

export const ProjectVcs = Type.Literal("git", { $id: "ProjectVcs" })
export type ProjectVcs = Static<typeof ProjectVcs>

export const ProjectIcon = Type.Object(
  { color: Type.Optional(Type.String()), override: Type.Optional(Type.String()), url: Type.Optional(Type.String()) },
  { $id: "ProjectIcon" },
)
export type ProjectIcon = Static<typeof ProjectIcon>

export const ProjectCommands = Type.Object({ start: Type.Optional(Type.String()) }, { $id: "ProjectCommands" })
export type ProjectCommands = Static<typeof ProjectCommands>

export const ProjectTime = Type.Object(
  {
    created: Type.Integer({ minimum: 0 }),
    updated: Type.Integer({ minimum: 0 }),
    initialized: Type.Optional(Type.Integer({ minimum: 0 })),
  },
  { $id: "ProjectTime" },
)
export type ProjectTime = Static<typeof ProjectTime>

export const Project = Type.Object(
  {
    id: Type.String(),
    sandboxes: Type.Array(Type.String()),
    time: ProjectTime,
    worktree: Type.String(),
    commands: Type.Optional(ProjectCommands),
    icon: Type.Optional(ProjectIcon),
    name: Type.Optional(Type.String()),
    vcs: Type.Optional(ProjectVcs),
  },
  { $id: "Project" },
)
export type Project = Static<typeof Project>

export const ProjectDirectories = Type.Array(
  Type.Object({ directory: Type.String(), strategy: Type.Optional(Type.String()) }),
  { $id: "ProjectDirectories" },
)
export type ProjectDirectories = Static<typeof ProjectDirectories>

export const ProjectCopyCopy = Type.Object({ directory: Type.String() }, { $id: "ProjectCopyCopy" })
export type ProjectCopyCopy = Static<typeof ProjectCopyCopy>
