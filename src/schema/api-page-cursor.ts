import { Type } from "@sinclair/typebox"

/** Where the pages before and after this one are. */
export const PageCursor = Type.Object({ next: Type.Optional(Type.String()), previous: Type.Optional(Type.String()) })
