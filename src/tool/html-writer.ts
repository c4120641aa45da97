/** What stands at the beginning of each line inside of an element: list items, quotes, headings. */
export interface Box {
  /** On the first line. */
  first: string
  rest: string
  started?: true
  list?: { ordered: boolean; next: number }
}

/**
 * Puts words, lines and marks together to a text: spaces collapse, line breaks are made when something follows them, and each line
 * begins with what the open boxes say.
 */
export function createWriter() {
  const parts: string[] = []
  const boxes: Box[] = []
  const waiting: string[] = []
  let breaks = 0
  let oneLine = 0
  let space = false

  const lineStart = () => parts.length === 0 || breaks > 0

  function write(text: string) {
    if (lineStart()) {
      if (parts.length > 0) parts.push("\n")
      const started = boxes.filter((box) => box.started)
      if (breaks > 1 && parts.length > 0)
        parts.push(
          `${started
            .map((box) => box.rest)
            .join("")
            .trimEnd()}\n`,
        )
      for (const box of boxes) {
        parts.push(box.started ? box.rest : box.first)
        box.started = true
      }
      breaks = 0
      space = false
    }
    if (space && !text.startsWith(" ") && !parts.at(-1)?.endsWith(" ")) parts.push(" ")
    space = false
    parts.push(...waiting.splice(0), text)
  }

  return {
    write,
    writeWords(text: string) {
      const words = text.replace(/[ \t\r\n\f\u00a0]+/g, " ")
      if (words.startsWith(" ") && !lineStart()) space = true
      if (words.trim() === "") return
      write(words.trim())
      space = words.endsWith(" ")
    },
    writeLines(text: string) {
      for (const [at, line] of text.split("\n").entries()) {
        if (at > 0) {
          // An empty line of a program is kept: writing nothing makes it.
          if (breaks > 0) write("")
          breaks = 1
        }
        if (line !== "") write(line)
      }
    },
    breakLine(lines: number) {
      if (oneLine > 0) space ||= parts.length > 0
      else breaks = Math.max(breaks, lines)
    },
    /** Until the answered function is called, line breaks are spaces. */
    inOneLine() {
      oneLine++
      return () => void oneLine--
    },
    /** Marks around what is written until the answered function is called; nothing around nothing. */
    mark(before: string, after: string) {
      waiting.push(before)
      oneLine++
      return () => {
        oneLine--
        if (waiting.at(-1) === before) waiting.pop()
        else parts.push(after)
      }
    },
    openBox(box: Box) {
      boxes.push(box)
      return () => {
        const at = boxes.indexOf(box)
        if (at >= 0) boxes.length = at
      }
    },
    inList: () => boxes.some((box) => box.list),
    /** Ends an item that was left open and answers its list. */
    closeItem() {
      const at = boxes.findLastIndex((box) => box.list)
      if (at >= 0) boxes.length = at + 1
      return boxes[at]?.list
    },
    finish: () => parts.join("").trim(),
  }
}
