import { expect, test } from "bun:test"
import { createBus } from "../../src/bus/bus"

test("every listener hears a value, in order, though one throws or leaves meanwhile", () => {
  const heard: string[] = []
  const bus = createBus<number>((error) => heard.push(`failed ${error}`))
  bus.subscribe((value) => {
    heard.push(`first ${value}`)
    leave()
  })
  bus.subscribe(() => {
    throw "here"
  })
  const leave = bus.subscribe((value) => heard.push(`last ${value}`))
  bus.publish(1)
  bus.publish(2)
  expect(heard).toEqual(["first 1", "failed here", "last 1", "first 2", "failed here"])
})

test("a function that is subscribed twice is two subscriptions", () => {
  const bus = createBus<number>(() => {})
  let count = 0
  const listener = () => count++
  const leave = bus.subscribe(listener)
  bus.subscribe(listener)
  leave()
  leave()
  bus.publish(1)
  expect({ count, subscribers: bus.subscribers }).toEqual({ count: 1, subscribers: 1 })
})
