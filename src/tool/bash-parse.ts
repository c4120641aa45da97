import grammarFile from "tree-sitter-bash/tree-sitter-bash.wasm" with { type: "file" }
import type { Node, Parser } from "web-tree-sitter"
import runtimeFile from "web-tree-sitter/web-tree-sitter.wasm" with { type: "file" }
import { literal } from "./bash-literal"

export interface ShellWord {
  /** As it was written. */
  text: string
  /** Without its quotes; absent when only the shell can tell, for example of `$X` or `$(...)`. */
  value?: string
}

/** One simple command: name and arguments. */
export interface ShellCommand {
  /** With its redirections and the assignments before it, as it was written. */
  text: string
  /** The assignments before the name, as they were written: `A=1 B=2`. */
  assignments: string
  words: ShellWord[]
  /** Where its output and input go: the files, or as they were written where only the shell can tell. */
  redirects: string[]
}

export interface ShellLine {
  /** All simple commands in order, also those inside of substitutions, functions, loops and here-documents. */
  commands: ShellCommand[]
  /** Files that are read or written by redirection, where known. */
  redirects: string[]
  /** False when the text is no complete shell program: then there may be more to it than `commands` says. */
  complete: boolean
}

/** Longer texts are not taken apart: they are one command whose words are unknown. */
const MAX_LENGTH = 64 * 1024

const PLAIN = /^[\w./:,@%+-]+(?: +[\w./:,@%+=-]+)*$/
const KEYWORDS = new Set(
  "if then else elif fi case esac for select while until do done in function time coproc declare export local readonly typeset unset".split(
    " ",
  ),
)

/** Takes a shell program apart. `variables` are those whose value is known when it runs, for example HOME. */
export async function parseShell(command: string, variables: Record<string, string | undefined>): Promise<ShellLine> {
  const text = command.trim()
  const plain = parsePlain(text)
  if (plain) return plain
  const line = await parseTree(text, variables)
  // The grammar takes a backslash at the end of a line for a space, a shell takes it for nothing, but not in a comment.
  const joined = text.replace(/\\\\|\\\n/g, (found) => (found === "\\\\" ? found : ""))
  if (joined === text) return line
  const other = await parseTree(joined, variables)
  if (sameWords(line, other)) return line
  return {
    commands: [...line.commands, ...other.commands],
    redirects: [...line.redirects, ...other.redirects],
    complete: line.complete,
  }
}

const sameWords = (one: ShellLine, other: ShellLine) => wordsOf(one) === wordsOf(other)
const wordsOf = (line: ShellLine) =>
  JSON.stringify(line.commands.map((each) => each.words.map((word) => word.value ?? word.text)))

/** Words without any character that means something to a shell need no parser, which costs 36 MB once it is loaded. */
export function parsePlain(text: string): ShellLine | undefined {
  if (!PLAIN.test(text)) return
  const words = text.split(/ +/).map((word) => ({ text: word, value: word }))
  if (KEYWORDS.has(words[0]?.text ?? "")) return
  return { commands: [{ text, assignments: "", words, redirects: [] }], redirects: [], complete: true }
}

/** The same by the full grammar, for any text. */
export async function parseTree(text: string, variables: Record<string, string | undefined>): Promise<ShellLine> {
  if (text === "") return { commands: [], redirects: [], complete: true }
  if (text.length > MAX_LENGTH) return { commands: [], redirects: [], complete: false }
  loading ??= load().catch((error) => {
    loading = undefined
    throw error
  })
  const tree = (await loading).parse(text)
  if (!tree) return { commands: [], redirects: [], complete: false }
  try {
    const root = tree.rootNode
    const commands = root
      .descendantsOfType(["command", "redirected_statement"])
      .flatMap((node) => (node ? (toCommand(node, variables) ?? []) : []))
    const redirects = root
      .descendantsOfType("file_redirect")
      .flatMap((node) => literal(node?.childForFieldName("destination"), variables) ?? [])
    const scripts = root.descendantsOfType("heredoc_redirect").flatMap((node) => (node ? backquoted(node) : []))
    const inner = await Promise.all(scripts.map((script) => parseTree(script, variables)))
    return {
      commands: [commands, ...inner.map((line) => line.commands)].flat(),
      redirects: [redirects, ...inner.map((line) => line.redirects)].flat(),
      complete: !root.hasError,
    }
  } finally {
    tree.delete()
  }
}

/** The grammar does not know these substitutions inside of a here-document. */
function backquoted(heredoc: Node): string[] {
  const start = heredoc.namedChildren.find((child) => child?.type === "heredoc_start")?.text ?? ""
  if (/['"\\]/.test(start)) return []
  return [...heredoc.text.matchAll(/`((?:\\.|[^`\\])*)`/gs)].map(([, script = ""]) =>
    script.replace(/\\([`$\\])/g, "$1"),
  )
}

let loading: Promise<Parser> | undefined

async function load(): Promise<Parser> {
  const { Language, Parser } = await import("web-tree-sitter")
  await Parser.init({ wasmBinary: await Bun.file(runtimeFile).bytes() })
  const parser = new Parser()
  parser.setLanguage(await Language.load(await Bun.file(grammarFile).bytes()))
  return parser
}

function toCommand(node: Node, variables: Record<string, string | undefined>): ShellCommand | undefined {
  if (node.type === "redirected_statement") {
    // `> file` alone runs nothing and yet empties the file.
    if (node.descendantsOfType("command").length > 0) return
    return { text: node.text, assignments: "", words: [], redirects: redirectsOf(node, variables) }
  }
  const assignments: string[] = []
  const words: ShellWord[] = []
  for (const child of node.namedChildren) {
    if (!child?.text || child.type.endsWith("_redirect")) continue
    if (words.length === 0 && child.type === "variable_assignment") assignments.push(child.text)
    else {
      const value = literal(child, variables)
      words.push({ text: child.text, ...(value !== undefined && { value }) })
    }
  }
  if (words.length === 0 && assignments.length === 0) return
  const whole = node.parent?.type === "redirected_statement" ? node.parent : node
  const redirects = [...new Set([node, whole])].flatMap((each) => redirectsOf(each, variables))
  return { text: whole.text, assignments: assignments.join(" "), words, redirects }
}

const redirectsOf = (node: Node, variables: Record<string, string | undefined>) =>
  node.namedChildren.flatMap((child) => {
    const destination = child?.type === "file_redirect" ? child.childForFieldName("destination") : undefined
    return destination ? [literal(destination, variables) ?? destination.text] : []
  })
