import { expect, test } from "bun:test"
import { isLoopback } from "../../src/base/loopback"

test.each([
  "localhost",
  "LocalHost",
  "127.0.0.1",
  "127.9.9.9",
  "127.255.255.255",
  "::1",
  "[::1]",
  "0:0:0:0:0:0:0:1",
  "::ffff:127.0.0.1",
  "::FFFF:127.0.0.1",
  "[::ffff:7f00:1]",
])("%s is this machine", (hostname) => {
  expect(isLoopback(hostname)).toBe(true)
})

test.each([
  "",
  "0.0.0.0",
  "::",
  "[::]",
  "126.255.255.255",
  "128.0.0.1",
  "192.168.1.2",
  "127.0.0.256",
  "127.0.0.1.example.com",
  "localhost.example.com",
  "notlocalhost",
  "1.127.0.0.1",
  "::2",
  "1::1",
  "::ffff:10.0.0.1",
  "::ffff:128.0.0.1",
  "fe80::1",
  "[127.0.0.1].example.com",
  "[::1",
  "::1]",
  "::1]/[",
  "http://127.0.0.1",
  "127.0.0.1:4096",
  "user@127.0.0.1",
])("%j is not", (hostname) => {
  expect(isLoopback(hostname)).toBe(false)
})

test.each([
  ["http://127.1:11434/v1", true],
  ["http://0x7f000001/", true],
  ["http://[::ffff:127.0.0.1]:8080/", true],
  ["http://[0:0:0:0:0:0:0:1]/", true],
  ["http://127.0.0.1@example.com/", false],
  ["http://localhost.example.com/", false],
])("the host name of %s as the URL parser writes it: %p", (url, own) => {
  expect(isLoopback(new URL(url).hostname)).toBe(own)
})
