import { expect, test } from "bun:test"
import { markdown } from "../../../src/server/share-page/markdown"
import { htmlText } from "../../../src/server/share-page/markup"
import { faultsOf } from "../../helper/markup"

const render = (text: string) => htmlText(markdown(text))

test("what Markdown is for is there", () => {
  expect(render("# One\n\n**b** *i* ~~s~~ `c<d`\n\n1. x\n   - [x] y\n\n> q\n\n|a|\n|-|\n|1|")).toBe(
    "<h2>One</h2><p><strong>b</strong> <em>i</em> <del>s</del> <code>c&lt;d</code></p>" +
      '<ol start="1"><li>x<ul><li class="task">☑ y</li></ul></li></ol><blockquote><p>q</p></blockquote>' +
      '<div class="table"><table><thead><tr><th>a</th></tr></thead><tbody><tr><td>1</td></tr></tbody></table></div>',
  )
})

test("links lead to the web only, and tell nobody where they were followed", () => {
  expect(render("[a](https://x.example/?a=1&b=2)")).toBe(
    '<p><a href="https://x.example/?a=1&amp;b=2" target="_blank" rel="noopener noreferrer nofollow">a</a></p>',
  )
  for (const href of [
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java&#115;cript:alert(1)",
    "data:text/html,x",
    "//evil.example",
    "/session",
    "vbscript:x",
    "file:///etc/passwd",
  ])
    expect(render(`[a](${href}) ![a](${href})`)).toBe("<p>a a</p>")
})

test("images are shown when they came along, and linked when they did not", () => {
  const url = "data:image/png;base64,iVBORw0KGgo="
  expect(render(`![dot](${url})`)).toBe(`<p><img src="${url}" alt=""></p>`)
  expect(render("![pixel](https://x.example/p.png)")).toContain('<a href="https://x.example/p.png"')
  expect(render("![v](data:image/svg+xml;base64,AAAA)")).toBe("<p>v</p>")
})

test("whatever is written, only harmless markup comes out", () => {
  const words = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<a href='javascript:1'>",
    "](javascript:alert(1))",
    '"onmouseover="x',
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "```",
    "`",
    "~~~html\n",
    "[x]: javascript:alert(1)\n",
    "[x]",
    "![",
    "](data:text/html;base64,PHNjcmlwdD4=)",
    "<javascript:alert(1)>",
    "<https://a.example/'\"><b>",
    "&lt;script&gt;",
    "&#60;img&#62;",
    "\\<",
    "|",
    "\n|-|\n",
    "\n\n",
    "\n- ",
    "\n> ",
    "**",
    "_",
    "\0",
    "\u2028",
    "</style></script></title>",
    "<svg/onload=alert(1)>",
  ]
  expect(faultsOf("<p onclick=x><script src=y></script><a href=javascript:1>")).toEqual([
    "<p onclick>",
    "<script>",
    "href=javascript:1",
  ])
  let seed = 1
  const pick = () => {
    seed = (seed * 48271) % 2147483647
    return words[seed % words.length]
  }
  for (let round = 0; round < 2000; round++) {
    const text = Array.from({ length: 12 }, pick).join("")
    const faults = faultsOf(render(text))
    if (faults.length > 0) throw new Error(`${JSON.stringify(text)} gave ${faults}`)
  }
})

test.each([
  ["quotes", "> ".repeat(50_000)],
  ["lists", "- ".repeat(50_000)],
  ["quoted lists", "- > ".repeat(30_000)],
  ["brackets", "[".repeat(100_000)],
  ["links", "[a](".repeat(40_000)],
  ["emphasis", "*a **a ".repeat(25_000)],
  ["much", "word ".repeat(200_000)],
])("a text made of %s does not hold up the server", (_, text) => {
  const began = performance.now()
  render(text)
  expect(performance.now() - began).toBeLessThan(1000)
})
