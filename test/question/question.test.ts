import { expect, test } from "bun:test"
import { newID } from "../../src/base/id"
import { disposeInstance, type Instance } from "../../src/instance/instance"
import {
  askQuestion,
  cancelQuestions,
  listQuestions,
  QuestionRejectedError,
  rejectQuestion,
  replyQuestion,
} from "../../src/question/question"
import { listen } from "../helper/heard"
import { testInstance } from "../helper/instance"

const questions = [{ question: "Which colour?", header: "Colour", options: [{ label: "Red", description: "warm" }] }]
const ask = (instance: Instance, sessionID: string, signal = new AbortController().signal) => {
  const asking = askQuestion(instance, { sessionID, questions, signal })
  asking.catch(() => {})
  return asking
}
const firstID = (instance: Instance) => listQuestions(instance)[0]?.id ?? ""

test("a reply resolves with the answers as they were sent", async () => {
  await using it = await testInstance()
  const heard = listen(it.instance)
  const sessionID = newID("session")
  const asking = ask(it.instance, sessionID)
  const requestID = firstID(it.instance)
  expect(listQuestions(it.instance)).toEqual([{ id: requestID, sessionID, questions }])
  expect(heard("question.asked")).toEqual(listQuestions(it.instance))
  replyQuestion(it.instance, requestID, [["Red", "my own words"]])
  expect(await asking).toEqual([["Red", "my own words"]])
  expect(heard("question.replied")).toEqual([{ sessionID, requestID, answers: [["Red", "my own words"]] }])
  expect(() => replyQuestion(it.instance, requestID, [])).toThrow(`Question request not found: ${requestID}`)
  expect(() => rejectQuestion(it.instance, requestID)).toThrow(`Question request not found: ${requestID}`)
})

test("a rejection throws", async () => {
  await using it = await testInstance()
  const heard = listen(it.instance)
  const sessionID = newID("session")
  const asking = ask(it.instance, sessionID)
  const requestID = firstID(it.instance)
  rejectQuestion(it.instance, requestID)
  await expect(asking).rejects.toThrow(new QuestionRejectedError())
  expect(heard("question.rejected")).toEqual([{ sessionID, requestID }])
})

test("abort, end of the session and end of the instance take the question back", async () => {
  await using it = await testInstance()
  const heard = listen(it.instance)
  const abort = new AbortController()
  const aborted = ask(it.instance, newID("session"), abort.signal)
  abort.abort(new Error("stopped"))
  await expect(aborted).rejects.toThrow("stopped")

  const [one, two] = [newID("session"), newID("session")]
  const cancelled = ask(it.instance, one)
  const left = ask(it.instance, two)
  cancelQuestions(it.instance, one)
  await expect(cancelled).rejects.toThrow(QuestionRejectedError)
  expect(listQuestions(it.instance).map((each) => each.sessionID)).toEqual([two])

  await disposeInstance(it.instance)
  await expect(left).rejects.toThrow(QuestionRejectedError)
  expect(heard("question.rejected")).toHaveLength(3)
})
