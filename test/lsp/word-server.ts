/**
 * A language server for tests, over standard input and output: it sends an error for each line that says "bad", ends when a text
 * says "crash", never sends anything about a text with "silence", and finds the words of open files as symbols. With a file
 * named as argument it notes there what it was told.
 */
import { appendFileSync } from "node:fs"
import { createMessageConnection, StreamMessageReader, StreamMessageWriter } from "vscode-jsonrpc/node"

const rpc = createMessageConnection(new StreamMessageReader(process.stdin), new StreamMessageWriter(process.stdout))
const notes = process.argv[2]
const texts = new Map<string, string>()

const note = (method: string, detail: unknown) => {
  if (notes) appendFileSync(notes, `${JSON.stringify([method, detail])}\n`)
}

rpc.onRequest("initialize", (params) => {
  note("initialize", params.initializationOptions ?? null)
  return {
    capabilities: { textDocumentSync: { openClose: true, change: 1, save: true }, workspaceSymbolProvider: true },
  }
})
rpc.onRequest("shutdown", () => null)
rpc.onRequest("workspace/symbol", ({ query }) =>
  [...texts].flatMap(([uri, text]) =>
    [...text.matchAll(/\w+/g)].flatMap((match) => {
      if (!match[0].includes(query)) return []
      const range = { start: position(text, match.index), end: position(text, match.index + match[0].length) }
      return [{ name: match[0], kind: 13, containerName: "left out", location: { uri, range } }]
    }),
  ),
)
rpc.onNotification("initialized", async () => {
  note("settings", await rpc.sendRequest("workspace/configuration", { items: [{ section: "words.max" }, {}] }))
  await rpc.sendRequest("client/registerCapability", {
    registrations: [
      {
        id: "1",
        method: "workspace/didChangeWatchedFiles",
        registerOptions: { watchers: [{ globPattern: "**/*.word" }] },
      },
    ],
  })
})
rpc.onNotification("textDocument/didOpen", ({ textDocument }) => {
  note("open", textDocument.languageId)
  check(textDocument.uri, textDocument.version, textDocument.text)
})
rpc.onNotification("textDocument/didChange", ({ textDocument, contentChanges }) => {
  note("change", textDocument.version)
  check(textDocument.uri, textDocument.version, contentChanges[0].text)
})
rpc.onNotification("textDocument/didSave", () => note("save", null))
rpc.onNotification("textDocument/didClose", ({ textDocument }) => {
  note("close", null)
  texts.delete(textDocument.uri)
})
rpc.onNotification("workspace/didChangeWatchedFiles", ({ changes }) => note("watched", changes))
rpc.onNotification("exit", () => {
  note("exit", null)
  process.exit(0)
})
rpc.onClose(() => process.exit(1))
rpc.listen()

function check(uri: string, version: number, text: string) {
  texts.set(uri, text)
  if (text.includes("crash")) {
    console.error("a word that I cannot bear")
    process.exit(3)
  }
  if (text.includes("silence")) return
  const diagnostics = text.split("\n").flatMap((line, index) => {
    const at = line.indexOf("bad")
    if (at < 0) return []
    const range = { start: { line: index, character: at }, end: { line: index, character: at + 3 } }
    return [{ range, severity: 1, code: null, source: "words", message: `"${line}" is bad`, data: { left: "out" } }]
  })
  void rpc.sendNotification("textDocument/publishDiagnostics", { uri, version, diagnostics })
}

function position(text: string, offset: number) {
  const before = text.slice(0, offset).split("\n")
  return { line: before.length - 1, character: before.at(-1)!.length }
}
