import { expect, test } from "bun:test"
import { htmlToMarkdown, htmlToText } from "../../src/tool/html"

const PAGE = "http://a.example/docs/"

test.each([
  ["<h1>Hello <b>you</b></h1><p>One &lt; two<br>three</p>", "# Hello **you**\n\nOne < two\nthree"],
  ['<p>See <a href="/x?a=1&amp;b=2"> the <i>page</i> </a>.', "See [the *page*](http://a.example/x?a=1&b=2) ."],
  ['<a href="javascript:x()">no</a> <a>none</a> <a href="#top"></a>', "no none"],
  ["<ul><li>a<li>b<ul><li>c</ul><li>d</ul>", "- a\n- b\n  - c\n- d"],
  ["<ol start=3><li>x</li><li>y</li></ol>", "3. x\n4. y"],
  ["<ul><li><p>a</p><p>b</p></li></ul>", "- a\n\n  b"],
  ["a<blockquote><p>q<p>r</blockquote>b", "a\n\n> q\n>\n> r\n\nb"],
  [
    '<pre class="language-ts"><code>if (a &lt; b) {\n\n  <b>x</b>\n}\n</code></pre>',
    "```ts\nif (a < b) {\n\n  x\n}\n```",
  ],
  ["<p>Run <code>ls  -l</code></p>", "Run `ls -l`"],
  ["<table><tr><th>A<th>B<tr><td>1<td><p>2</p><p>3</p></table>", "| A | B |\n| --- | --- |\n| 1 | 2 3 |"],
  [
    '<img src="i.png" alt="A picture"><img src="data:x" alt="no"><img src="j.png">',
    "![A picture](http://a.example/docs/i.png)",
  ],
  [
    "<head><title>T</title></head><script>a<b</script><style>p{}</style><svg><path/><text>s</text></svg><p hidden>h</p>x",
    "x",
  ],
  ["a<hr>b", "a\n\n---\n\nb"],
  ["<p>a\u00a0 &nbsp;b &mdash; &#8364;&#x41; &unknown; &amp;amp;</p>", "a b — €A &unknown; &amp;"],
  ["<b></b><p> <em> </em> </p>x", "x"],
  ["<b>a <strong>b</strong> c</b>", "**a b c**"],
  ["", ""],
  ["plain & simple", "plain & simple"],
  ["<p>never <b>closed <a href='/y'>at all", "never **closed [at all](http://a.example/y)**"],
])("%j as Markdown", async (html, markdown) => {
  expect(await htmlToMarkdown(html, PAGE)).toBe(markdown)
})

test("text has no markup", async () => {
  const html = "<h1>A <b>b</b></h1><ul><li><a href='/x'>c</a></ul><pre>d\n  e</pre><table><tr><td>1<td>2</table>"
  expect(await htmlToText(html)).toBe("A b\n\n- c\n\nd\n  e\n\n1\t2")
})

test.each([
  ["deep lists", "<ul><li>".repeat(20_000)],
  ["open marks", "<div><b>".repeat(50_000)],
  ["quotes", "<blockquote>".repeat(5_000)],
  ["ampersands", "&".repeat(1_000_000)],
  ["brackets", "<".repeat(1_000_000)],
])("hostile %s take no unreasonable time", async (_, html) => {
  const start = performance.now()
  const text = await htmlToMarkdown(`${html}x`, PAGE)
  expect(text.length).toBeLessThan(2 * html.length)
  expect(performance.now() - start).toBeLessThan(2000)
})
