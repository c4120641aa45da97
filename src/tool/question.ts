import { Type } from "@sinclair/typebox"
import { askQuestion } from "../question/question"
import description from "./question.txt" with { type: "text" }
import { defineTool } from "./tool"

export const questionTool = defineTool({
  id: "question",
  description,
  parameters: Type.Object({
    questions: Type.Array(
      Type.Object({
        question: Type.String({ description: "The whole question" }),
        header: Type.String({ description: "A label of at most 30 characters" }),
        options: Type.Array(
          Type.Object({
            label: Type.String({ description: "What the user picks, one to five words" }),
            description: Type.String({ description: "What picking it means" }),
          }),
          { description: "The answers to choose from" },
        ),
        multiple: Type.Optional(Type.Boolean({ description: "Whether several may be picked" })),
      }),
      { description: "What to ask" },
    ),
  }),
  async execute({ questions }, { instance, sessionID, messageID, callID, signal }) {
    const answers = await askQuestion(instance, { sessionID, questions, tool: { messageID, callID }, signal })
    const pairs = questions.map(
      ({ question }, at) => `"${question}"="${answers[at]?.length ? answers[at].join(", ") : "Unanswered"}"`,
    )
    return {
      title: `Asked ${questions.length} question${questions.length === 1 ? "" : "s"}`,
      output: `User has answered your questions: ${pairs.join(", ")}. You can now continue with the user's answers in mind.`,
      metadata: { answers },
    }
  },
})
