import { describe, expect, test } from "bun:test"
import { listQuestions, rejectQuestion, replyQuestion } from "../../src/question/question"
import { createSession } from "../../src/session/session"
import { questionTool } from "../../src/tool/question"
import { taskTool } from "../../src/tool/task"
import type { ToolContext } from "../../src/tool/tool"
import { testProject } from "../helper/project"
import { toolRunner } from "../helper/tools"

const QUESTIONS = [
  { question: "Which colour?", header: "Colour", options: [{ label: "Red", description: "warm" }] },
  { question: "Which days?", header: "Days", multiple: true, options: [{ label: "Mon", description: "1" }] },
]

describe("question", () => {
  test.each([
    [[["Red"], ["Mon", "Tue"]], '"Which colour?"="Red", "Which days?"="Mon, Tue"'],
    [[["my own words"], []], '"Which colour?"="my own words", "Which days?"="Unanswered"'],
    [[["Red"]], '"Which colour?"="Red", "Which days?"="Unanswered"'],
  ])("answers %j", async (answers, pairs) => {
    await using it = await testProject({ git: false })
    const asking = toolRunner(it.instance).run(questionTool, { questions: QUESTIONS })
    const [request] = listQuestions(it.instance)
    expect(request).toMatchObject({ questions: QUESTIONS, tool: { messageID: "msg_1", callID: "call_1" } })
    replyQuestion(it.instance, request?.id ?? "", answers)
    expect(await asking).toEqual({
      title: "Asked 2 questions",
      output: `User has answered your questions: ${pairs}. You can now continue with the user's answers in mind.`,
      metadata: { answers, truncated: false },
    })
  })

  test("is dismissed", async () => {
    await using it = await testProject({ git: false })
    const asking = toolRunner(it.instance).run(questionTool, { questions: QUESTIONS })
    rejectQuestion(it.instance, listQuestions(it.instance)[0]?.id ?? "")
    await expect(asking).rejects.toThrow("The user dismissed this question")
  })
})

describe("todowrite", () => {
  test("replaces the stored list and publishes it", async () => {
    await using it = await testProject({ git: false })
    const { id: sessionID } = await createSession(it.instance, {})
    const run = toolRunner(it.instance, () => {}, sessionID)
    const todos = [
      { content: "First", status: "completed", priority: "high" },
      { content: "Second", status: "cancelled", priority: "low" },
    ]
    expect(await run.call("todowrite", { todos })).toEqual({
      title: "1 todos",
      output: JSON.stringify(todos, null, 2),
      metadata: { todos, truncated: false },
    })
    expect(it.heard("todo.updated").map((each) => each.properties)).toEqual([{ sessionID, todos }])
    expect(run.asked).toEqual([{ permission: "todowrite", patterns: ["*"], always: ["*"], metadata: {} }])
    expect((await run.call("todowrite", { todos: [] })).title).toBe("0 todos")
    await expect(run.call("todowrite", { todos: [{ content: "x" }] })).rejects.toThrow(
      'Missing key\n  at ["todos"][0]["status"]',
    )
  })
})

describe("skill", () => {
  const head = "---\nname: demo\ndescription: A demo\n---\n"
  test("loads the text and names some of the files", async () => {
    const many = Object.fromEntries(
      Array.from({ length: 12 }, (_, i) => [`.opencode/skill/demo/more/${i + 10}.txt`, ""]),
    )
    await using it = await testProject({
      files: { ".opencode/skill/demo/SKILL.md": `${head}BODY\n`, ".opencode/skill/demo/a.txt": "", ...many },
    })
    const run = toolRunner(it.instance)
    const folder = `${it.project}/.opencode/skill/demo`
    const { title, output, metadata } = await run.call("skill", { name: "demo" })
    expect({ title, metadata }).toEqual({
      title: "Loaded skill: demo",
      metadata: { name: "demo", dir: folder, truncated: false },
    })
    expect(output).toStartWith(
      `<skill_content name="demo">\n# Skill: demo\n\nBODY\n\nFolder of this skill: ${folder}\n`,
    )
    expect(output).toEndWith("</file>\n</skill_files>\n</skill_content>")
    const files = [...output.matchAll(/<file>(.*)<\/file>/g)].map((found) => found[1])
    expect(files).toEqual(
      ["a.txt", ...Array.from({ length: 9 }, (_, i) => `more/${i + 10}.txt`)].map((name) => `${folder}/${name}`),
    )
    expect(run.asked[0]).toMatchObject({ permission: "skill", patterns: ["demo"] })
  })

  test("says which there are", async () => {
    await using it = await testProject({ files: { ".opencode/skill/demo/SKILL.md": head } })
    await expect(toolRunner(it.instance).call("skill", { name: "nope" })).rejects.toThrow(
      /^Skill "nope" not found\. Available skills: .*demo/,
    )
  })
})

describe("task", () => {
  const args = { description: "Look around", prompt: "Look.", subagent_type: "explore" }
  const model = { providerID: "demo", modelID: "script" }
  const run = async (fields: Partial<ToolContext>, more: object = {}) => {
    await using it = await testProject({ git: false })
    const shown: object[] = []
    const context: ToolContext = {
      instance: it.instance,
      sessionID: "ses_1",
      messageID: "msg_1",
      callID: "call_1",
      agent: { name: "build", mode: "primary", options: {}, permission: [] },
      signal: new AbortController().signal,
      seenInstructions: new Set(),
      ask: async () => {},
      progress: (update) => void shown.push(update),
      runSubtask: () => Promise.reject(new Error("Unknown agent type: nope is not a valid agent type")),
      ...fields,
    }
    return { result: await taskTool.execute({ ...args, ...more }, context), shown }
  }

  test("shows the child session while it runs, then its answer", async () => {
    const metadata = { parentSessionId: "ses_1", sessionId: "ses_2", model }
    const asked: object[] = []
    const started: object[] = []
    const { result, shown } = await run(
      {
        ask: async (query) => void asked.push(query),
        async runSubtask(task) {
          started.push(task)
          return { sessionID: "ses_2", model, result: Promise.resolve("Found.") }
        },
      },
      { task_id: "ses_2" },
    )
    expect(result).toEqual({
      title: "Look around",
      output: '<task id="ses_2" state="completed">\n<task_result>\nFound.\n</task_result>\n</task>',
      metadata,
    })
    expect(shown).toEqual([{ title: "Look around", metadata }])
    expect(asked).toMatchObject([{ permission: "task", patterns: ["explore"] }])
    expect(started).toEqual([{ description: "Look around", prompt: "Look.", agent: "explore", sessionID: "ses_2" }])
  })

  test("fails with the words of what it could not start", async () => {
    await expect(run({})).rejects.toThrow("Unknown agent type: nope is not a valid agent type")
  })
})
