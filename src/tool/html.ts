import { decodeEntities } from "./html-entities"
import { type Box, createWriter } from "./html-writer"

const SKIPPED =
  /^(head|script|style|noscript|template|svg|math|canvas|iframe|object|embed|audio|video|select|textarea|dialog)$/
const BLOCKS =
  /^(p|div|section|article|main|header|footer|nav|aside|figure|figcaption|address|form|fieldset|details|summary|dl|dt|dd|center|hgroup|search|menu|body)$/
const MARKS: Record<string, string> = {
  b: "**",
  strong: "**",
  i: "*",
  em: "*",
  s: "~~",
  del: "~~",
  code: "`",
  kbd: "`",
}

/** Bytes that are worked on in one go: some 10 ms. */
const SLICE = 64 * 1024

/**
 * The readable part of a page as Markdown, links made absolute. One pass whose cost grows with the length only, and which
 * lets other work run in between.
 */
export const htmlToMarkdown = (html: string, url: string): Promise<string> => convert(html, url)

/** The readable part of a page without any markup; list items keep their dash. */
export const htmlToText = (html: string): Promise<string> => convert(html, undefined)

interface Row {
  cells: number
  endCell?: () => void
  end(): void
}

async function convert(html: string, url: string | undefined) {
  const markdown = url !== undefined
  const out = createWriter()
  let skipped = 0
  let pre = 0
  let text = ""
  let row: Row | undefined
  const marks = new Set<string>()
  let tableRows = 0

  const open: Record<string, (element: HTMLRewriterTypes.Element) => (() => void) | undefined> = {
    br: () => void out.breakLine(1),
    hr() {
      out.breakLine(2)
      out.write("---")
      out.breakLine(2)
      return undefined
    },
    img(element) {
      const alt = decodeEntities(element.getAttribute("alt") ?? "").trim()
      const source = absolute(element.getAttribute("src"), url)
      if (markdown && alt && source) out.write(`![${alt}](${source})`)
      return undefined
    },
    a(element) {
      const target = absolute(element.getAttribute("href"), url)
      return target ? out.mark("[", `](${target})`) : undefined
    },
    pre(element) {
      const language = /\blanguage-([\w+#-]+)/.exec(element.getAttribute("class") ?? "")?.[1] ?? ""
      out.breakLine(2)
      if (markdown) out.write(`\`\`\`${language}`)
      out.breakLine(1)
      pre++
      return () => {
        pre--
        out.breakLine(1)
        if (markdown) out.write("```")
        out.breakLine(2)
      }
    },
    blockquote: () => boxed({ first: markdown ? "> " : "", rest: markdown ? "> " : "" }, 2),
    ul: () => boxed({ first: "", rest: "", list: { ordered: false, next: 1 } }, out.inList() ? 1 : 2),
    ol(element) {
      const start = Number(element.getAttribute("start") ?? 1)
      const next = Number.isSafeInteger(start) ? start : 1
      return boxed({ first: "", rest: "", list: { ordered: true, next } }, out.inList() ? 1 : 2)
    },
    li() {
      const list = out.closeItem()
      const marker = list?.ordered ? `${list.next++}. ` : "- "
      return boxed({ first: marker, rest: " ".repeat(marker.length) }, 1)
    },
    table() {
      out.breakLine(2)
      tableRows = 0
      return () => out.breakLine(2)
    },
    tr() {
      row?.end()
      out.breakLine(1)
      const own: Row = { cells: 0, end: () => endRow(own, tableRows === 0) }
      row = own
      return own.end
    },
  }
  open.td = open.th = () => {
    const own = row
    if (!own) return
    own.endCell?.()
    if (markdown) out.write(own.cells === 0 ? "| " : " | ")
    else if (own.cells > 0) out.write("\t")
    own.cells++
    own.endCell = once(out.inOneLine())
    return own.endCell
  }

  function endRow(own: Row, head: boolean) {
    if (row !== own) return
    row = undefined
    own.endCell?.()
    if (own.cells === 0) return
    tableRows++
    if (markdown) out.write(" |")
    out.breakLine(1)
    if (markdown && head) out.write(`|${" --- |".repeat(own.cells)}`)
    out.breakLine(1)
  }

  function boxed(box: Box, lines: number) {
    out.breakLine(lines)
    const close = out.openBox(box)
    return () => {
      out.breakLine(lines)
      close()
    }
  }

  function marked(mark: string) {
    // Bold inside of bold is bold.
    if (!markdown || pre > 0 || marks.has(mark)) return
    marks.add(mark)
    const end = out.mark(mark, mark)
    return () => {
      marks.delete(mark)
      end()
    }
  }

  function start(element: HTMLRewriterTypes.Element): (() => void) | undefined {
    const tag = element.tagName
    if (SKIPPED.test(tag) || element.hasAttribute("hidden")) {
      skipped++
      return () => skipped--
    }
    if (skipped > 0) return
    if (Object.hasOwn(open, tag)) return open[tag]?.(element)
    if (/^h[1-6]$/.test(tag)) return boxed({ first: markdown ? `${"#".repeat(Number(tag[1]))} ` : "", rest: "" }, 2)
    if (Object.hasOwn(MARKS, tag)) return marked(MARKS[tag] ?? "")
    if (!BLOCKS.test(tag)) return
    const lines = tag === "p" ? 2 : 1
    out.breakLine(lines)
    return () => out.breakLine(lines)
  }

  // What the page leaves open at its end gets no end tag either.
  const unended = new Set<() => void>()
  const rewritten = new HTMLRewriter()
    .on("*", {
      element(element) {
        const end = start(element)
        if (!end) return
        const own = once(() => {
          unended.delete(own)
          end()
        })
        unended.add(own)
        try {
          element.onEndTag(own)
        } catch {
          // It is one that has no content, so it ends where it begins.
          own()
        }
      },
    })
    .onDocument({
      text(chunk) {
        if (skipped > 0) return
        text += chunk.text
        if (!chunk.lastInTextNode) return
        const whole = decodeEntities(text)
        text = ""
        if (pre > 0) out.writeLines(whole)
        else out.writeWords(whole)
      },
    })
    .transform(new Response(slices(html)))
  // The rewritten page is of no use; reading it is what drives the handlers.
  for await (const _ of rewritten.body ?? []) {
  }
  for (const end of [...unended].reverse()) end()
  return out.finish()
}

function once(act: () => void) {
  let done = false
  return () => {
    if (done) return
    done = true
    act()
  }
}

function slices(html: string) {
  const bytes = new TextEncoder().encode(html)
  let at = 0
  return new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      await Bun.sleep(0)
      if (at >= bytes.length) return controller.close()
      controller.enqueue(bytes.subarray(at, at + SLICE))
      at += SLICE
    },
  })
}

function absolute(target: string | null, base: string | undefined) {
  if (!target || base === undefined || /^\s*(javascript|data):/i.test(target)) return
  return URL.parse(decodeEntities(target).trim(), base)?.href
}
