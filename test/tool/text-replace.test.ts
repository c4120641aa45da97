import { describe, expect, test } from "bun:test"
import { replaceText } from "../../src/tool/text-replace"

const CODE = "function main() {\n  if (ready) {\n    start(1, 2)\n  }\n}\n"

describe("what is replaced", () => {
  test.each<[string, string, string, string, string]>([
    ["the exact text", "a b c", "b", "X", "a X c"],
    ["lines with other white space at their ends", "one  \ntwo\t\nthree\n", "one\ntwo\n", "1\n2\n", "1\n2\nthree\n"],
    [
      "lines with another indentation, which the new ones get",
      CODE,
      "if (ready) {\n  start(1, 2)\n}",
      "if (ok) {\n  stop()\n}",
      "function main() {\n  if (ok) {\n    stop()\n  }\n}\n",
    ],
    [
      "lines that were indented too far",
      "a {\n  b\n}\n",
      "    a {\n      b\n    }",
      "    a {\n      c\n    }",
      "a {\n  c\n}\n",
    ],
    [
      "lines without any indentation, as given",
      CODE,
      "function main() {\nif (ready) {\nstart(1, 2)\n}\n}",
      "done()",
      "done()\n",
    ],
    [
      "lines with other white space inside",
      "let  a  =  1\nlet b = 2\n",
      "let a = 1",
      "let a = 3",
      "let a = 3\nlet b = 2\n",
    ],
    ["a line with typographic quotes", "say(“hello”) // it’s\n", 'say("hello") // it\'s', "say('x')", "say('x')\n"],
    ["text in white space that is not there", "a\nfoo()\nb\n", "\n\n  foo()\n\n", "\n\n  bar()\n\n", "a\nbar()\nb\n"],
    [
      "text that was escaped too often",
      'say("a")\nsay("b")\n',
      'say(\\"a\\")\\nsay(\\"b\\")',
      'say(\\"c\\")',
      'say("c")\n',
    ],
    [
      "words that are broken into other lines",
      "call(one,\n     two)\n",
      "call(one, two)",
      "call(1, 2)",
      "call(1, 2)\n",
    ],
    [
      "a block of which a line is remembered wrongly",
      "begin\n  first(1)\n  second(2)\n  third(3)\nend\n",
      "begin\n  first(1)\n  secnd(2)\n  third(3)\nend",
      "gone",
      "gone\n",
    ],
  ])("%s", (_, text, wanted, replacement, expected) => {
    expect(replaceText(text, wanted, replacement, false)).toBe(expected)
  })

  test("every place, if asked for", () => {
    expect(replaceText("a b a", "a", "aa", true)).toBe("aa b aa")
    expect(replaceText("  a  = 1\n    a =  1\n", "a = 1", "b = 1", true)).toBe("  b = 1\n    b = 1\n")
  })

  test("signs with a meaning in replacements mean nothing", () => {
    expect(replaceText("price", "price", "$& $1 $$", false)).toBe("$& $1 $$")
  })
})

describe("line endings", () => {
  test("stay as they are, and new lines get those of the place", () => {
    const text = "one\r\ntwo\r\nthree\r\n"
    expect(replaceText(text, "one\ntwo", "1\n2\n2b", false)).toBe("1\r\n2\r\n2b\r\nthree\r\n")
    expect(replaceText(text, "two", "2\n2b", false)).toBe("one\r\n2\r\n2b\r\nthree\r\n")
    expect(replaceText("a\nb\r\nc\nd\n", "c\nd", "C\nD", false)).toBe("a\nb\r\nC\nD\n")
    expect(replaceText("a\nb\n", "a\r\nb\r\n", "c\r\nd\r\n", false)).toBe("c\nd\n")
    expect(replaceText("x\r\ny\r\nx\r\n", "x", "z\nz", true)).toBe("z\r\nz\r\ny\r\nz\r\nz\r\n")
  })
})

describe("what is refused", () => {
  test.each([
    ["more than one exact place", "a a", "a"],
    ["more than one tolerant place", "  x = 1\n    x = 1\n", "\tx = 1\n"],
    [
      "two blocks that are alike",
      "if a {\n  go(1)\n  go(2)\n}\nif a {\n  go(1)\n  go(3)\n}\n",
      "if a {\n  go(1)\n  go(4)\n}",
    ],
  ])("%s", (_, text, wanted) => {
    expect(() => replaceText(text, wanted, "new", false)).toThrow(/Found multiple matches|Could not find/)
  })

  test.each([
    ["nothing like it", CODE, "something else"],
    ["only white space", "a  b", "   "],
    ["a part of a word", "prefix_one two_suffix", "one  two"],
    ["a block of which little is right", "begin\n  aaaa\n  bbbb\n  cccc\nend\n", "begin\n  wwww\n  xxxx\n  yyyy\nend"],
    ["anchors that are far apart", `begin\n${"line\n".repeat(50)}end\n`, "begin\nline\nend"],
  ])("%s", (_, text, wanted) => {
    expect(() => replaceText(text, wanted, "new", false)).toThrow("Could not find oldString in the file.")
  })

  test("a change that is there already", () => {
    expect(() => replaceText("  new\n", "\tnew", "\tnew ".trimEnd(), false)).toThrow("No changes to apply")
  })
})
