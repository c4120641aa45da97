import type { Node } from "web-tree-sitter"

/** What a word means once the shell has taken its quotes away; undefined when only the shell can tell. */
export function literal(
  node: Node | null | undefined,
  variables: Record<string, string | undefined>,
): string | undefined {
  if (!node) return
  switch (node.type) {
    case "number":
    case "variable_name":
      return node.text
    case "word":
      return node.text.replace(/\\(.)/g, "$1")
    case "raw_string":
      return node.text.slice(1, -1)
    case "ansi_c_string":
      return ansiC(node.text.slice(2, -1))
    case "translated_string":
      return literal(node.namedChildren[0], variables)
    case "string":
      // The spaces between two expansions are no nodes: with an expansion inside, only one that is alone is known.
      if (node.namedChildren.every((child) => child?.type === "string_content"))
        return node.text.slice(1, -1).replace(/\\(["\\$`])/g, "$1")
      return joined(node, variables, node.text.length - 2)
    case "command_name":
    case "concatenation":
      return joined(node, variables, node.text.length)
    case "simple_expansion":
    case "expansion": {
      const [name, ...more] = node.namedChildren
      const plain = name?.type === "variable_name" && more.length === 0 && /^\$(\w+|\{\w+\})$/.test(node.text)
      return plain ? variables[name.text] : undefined
    }
    default:
      return
  }
}

/** The values of the children in a row, when they are all of the node and all known. */
function joined(node: Node, variables: Record<string, string | undefined>, length: number): string | undefined {
  let value = ""
  let seen = 0
  for (const child of node.namedChildren) {
    const part = child?.type === "string_content" ? child.text : literal(child, variables)
    if (!child || part === undefined) return
    value += part
    seen += child.text.length
  }
  return seen === length ? value : undefined
}

const ESCAPES: Record<string, string> = {
  a: "\x07",
  b: "\b",
  e: "\x1b",
  E: "\x1b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
}

/** The text of `$'...'`: with escapes as in C. */
function ansiC(text: string): string | undefined {
  if (/\\c/.test(text)) return
  return text.replace(
    /\\(?:x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{1,4})|U([0-9a-fA-F]{1,6})|([0-7]{1,3})|(.))/gs,
    (_, x?: string, u?: string, U?: string, octal?: string, other = "") => {
      const hex = x ?? u ?? U
      const code = hex ? Number.parseInt(hex, 16) : octal ? Number.parseInt(octal, 8) & 0xff : undefined
      return code === undefined ? (ESCAPES[other] ?? other) : String.fromCodePoint(Math.min(code, 0x10ffff))
    },
  )
}
