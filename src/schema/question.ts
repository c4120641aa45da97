import { type Static, Type } from "@sinclair/typebox"

export const QuestionOption = Type.Object(
  { description: Type.String(), label: Type.String() },
  { $id: "QuestionOption" },
)
export type QuestionOption = Static<typeof QuestionOption>

export const QuestionInfo = Type.Object(
  {
    header: Type.String(),
    options: Type.Array(QuestionOption),
    question: Type.String(),
    custom: Type.Optional(Type.Boolean()),
    multiple: Type.Optional(Type.Boolean()),
  },
  { $id: "QuestionInfo" },
)
export type QuestionInfo = Static<typeof QuestionInfo>

export const QuestionAnswer = Type.Array(Type.String(), { $id: "QuestionAnswer" })
export type QuestionAnswer = Static<typeof QuestionAnswer>

export const QuestionTool = Type.Object(
  { messageID: Type.String({ pattern: "^msg" }), callID: Type.String() },
  { $id: "QuestionTool" },
)
export type QuestionTool = Static<typeof QuestionTool>

export const QuestionRequest = Type.Object(
  {
    id: Type.String({ pattern: "^que" }),
    sessionID: Type.String({ pattern: "^ses" }),
    questions: Type.Array(QuestionInfo),
    tool: Type.Optional(QuestionTool),
  },
  { $id: "QuestionRequest" },
)
export type QuestionRequest = Static<typeof QuestionRequest>
