import { type Static, Type } from "@sinclair/typebox"

export const QuestionV2Option = Type.Object(
  { description: Type.String(), label: Type.String() },
  { $id: "QuestionV2Option" },
)
export type QuestionV2Option = Static<typeof QuestionV2Option>

export const QuestionV2Info = Type.Object(
  {
    header: Type.String(),
    options: Type.Array(QuestionV2Option),
    question: Type.String(),
    custom: Type.Optional(Type.Boolean()),
    multiple: Type.Optional(Type.Boolean()),
  },
  { $id: "QuestionV2Info" },
)
export type QuestionV2Info = Static<typeof QuestionV2Info>

export const QuestionV2Tool = Type.Object(
  { messageID: Type.String(), callID: Type.String() },
  { $id: "QuestionV2Tool" },
)
export type QuestionV2Tool = Static<typeof QuestionV2Tool>

/** Questions that wait for answers, as `/api` shows them. */
export const QuestionV2Request = Type.Object(
  {
    id: Type.String({ pattern: "^que" }),
    sessionID: Type.String({ pattern: "^ses" }),
    questions: Type.Array(QuestionV2Info),
    tool: Type.Optional(QuestionV2Tool),
  },
  { $id: "QuestionV2Request" },
)
export type QuestionV2Request = Static<typeof QuestionV2Request>
