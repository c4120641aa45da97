import { type Static, Type } from "@sinclair/typebox"
import { QuestionInfo, QuestionOption, QuestionRequest, QuestionTool } from "./question"

export const QuestionV2Option = Type.Object(QuestionOption.properties, { $id: "QuestionV2Option" })
export type QuestionV2Option = Static<typeof QuestionV2Option>

export const QuestionV2Info = Type.Object(
  { ...QuestionInfo.properties, options: Type.Array(QuestionV2Option) },
  { $id: "QuestionV2Info" },
)
export type QuestionV2Info = Static<typeof QuestionV2Info>

export const QuestionV2Tool = Type.Object(
  { ...QuestionTool.properties, messageID: Type.String() },
  { $id: "QuestionV2Tool" },
)
export type QuestionV2Tool = Static<typeof QuestionV2Tool>

/** Questions that wait for answers, as `/api` shows them. */
export const QuestionV2Request = Type.Object(
  {
    ...QuestionRequest.properties,
    questions: Type.Array(QuestionV2Info),
    tool: Type.Optional(QuestionV2Tool),
  },
  { $id: "QuestionV2Request" },
)
export type QuestionV2Request = Static<typeof QuestionV2Request>
