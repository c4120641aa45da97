const CODES = { red: 31, green: 32, yellow: 33, dim: 90, bold: 1 }

/** The text in a colour, on a terminal that wants colours; else as it is. `NO_COLOR` and `TERM=dumb` are respected. */
export function paint(stream: { isTTY?: boolean }, color: keyof typeof CODES, text: string): string {
  const wanted = stream.isTTY && !process.env.NO_COLOR && process.env.TERM !== "dumb"
  return wanted ? `\x1b[${CODES[color]}m${text}\x1b[0m` : text
}

/** Text of others without what a terminal would take for commands; line feeds and tabs stay. */
export const harmless = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not get through
  text.replaceAll(/\x1b\[[0-?]*[ -/]*[@-~]|[\x00-\x08\x0b-\x1f\x7f-\x9f]/g, "")

/** The text on one line of at most `width` characters. */
export function oneLine(text: string, width: number): string {
  const line = harmless(text).replaceAll(/\s+/g, " ").trim()
  return line.length > width ? `${line.slice(0, width - 1)}…` : line
}

/** A line for the person, beside what the command answers. */
export const note = (text: string): void => void process.stderr.write(`${text}\n`)

/** A line of the answer. */
export const print = (text: string): void => void process.stdout.write(`${text}\n`)

/** Columns for people. The first row is the head. */
export function printTable([head = [], ...rows]: string[][]): void {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => Bun.stringWidth(row[column] ?? ""))))
  const line = (row: string[]) =>
    row
      .map((cell, column) => cell + " ".repeat(widths[column]! - Bun.stringWidth(cell)))
      .join("  ")
      .trimEnd()
  print(paint(process.stdout, "bold", line(head)))
  for (const row of rows) print(line(row))
}
