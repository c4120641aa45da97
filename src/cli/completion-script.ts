/** What may follow a command. `path` is how it is called, without the name of the program. */
export type CompletionTable = { path: string; words: string[] }[]

export const SHELLS = ["bash", "zsh", "fish", "powershell"] as const

/** The script that teaches a shell the commands. Where nothing fits, names of files are completed. */
export function scriptFor(shell: (typeof SHELLS)[number], table: CompletionTable): string {
  switch (shell) {
    case "bash":
      return bash(table)
    case "zsh":
      return zsh(table)
    case "fish":
      return fish(table)
    case "powershell":
      return powershell(table)
  }
}

/** Paths of two words, to tell whether the second word is part of the command. */
const groups = (table: CompletionTable) => [...new Set(table.flatMap(({ path }) => path.match(/^\S+(?= )/) ?? []))]

const cases = (table: CompletionTable, indent: string) =>
  table
    .map(({ path, words }) => `${indent}${path === "" ? '""' : `"${path}"`}) words="${words.join(" ")}" ;;`)
    .join("\n")

const bash = (table: CompletionTable) => `_opencode() {
  local word="\${COMP_WORDS[COMP_CWORD]}" called="" words=""
  [ "$COMP_CWORD" -gt 1 ] && called="\${COMP_WORDS[1]}"
  case "$called" in
    ${groups(table).join(" | ")}) [ "$COMP_CWORD" -gt 2 ] && called="$called \${COMP_WORDS[2]}" ;;
  esac
  case "$called" in
${cases(table, "    ")}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -o bashdefault -o default -F _opencode opencode
`

const zsh = (table: CompletionTable) => `#compdef opencode
_opencode() {
  local called="" words_=""
  (( CURRENT > 2 )) && called="\${words[2]}"
  case "$called" in
    ${groups(table).join(" | ")}) (( CURRENT > 3 )) && called="$called \${words[3]}" ;;
  esac
  case "$called" in
${cases(table, "    ").replaceAll(') words="', ') words_="')}
  esac
  compadd -- \${=words_} || _files
}
(( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
compdef _opencode opencode
`

function fish(table: CompletionTable): string {
  const lines = table.map(({ path, words }) => {
    const condition = path === "" ? "__fish_use_subcommand" : fishCondition(path, table)
    return `complete -c opencode -n "${condition}" -a "${words.join(" ")}"`
  })
  return `complete -c opencode -e\n${lines.join("\n")}\n`
}

function fishCondition(path: string, table: CompletionTable): string {
  const [group, name] = path.split(" ")
  if (name) return `__fish_seen_subcommand_from ${group}; and __fish_seen_subcommand_from ${name}`
  const inside = table.flatMap((each) => (each.path.startsWith(`${group} `) ? [each.path.slice(path.length + 1)] : []))
  const seen = `__fish_seen_subcommand_from ${group}`
  return inside.length > 0 ? `${seen}; and not __fish_seen_subcommand_from ${inside.join(" ")}` : seen
}

const powershell = (table: CompletionTable) => `Register-ArgumentCompleter -Native -CommandName opencode -ScriptBlock {
  param($word, $line, $cursor)
  $table = @{
${table.map(({ path, words }) => `    '${path}' = '${words.join(" ")}'`).join("\n")}
  }
  $before = @($line.CommandElements | Select-Object -Skip 1 | Where-Object { $_.Extent.EndOffset -lt $cursor } | ForEach-Object { "$_" })
  $called = if ($before.Count -gt 0) { $before[0] } else { '' }
  if ($before.Count -gt 1 -and $table.ContainsKey("$called $($before[1])")) { $called = "$called $($before[1])" }
  if (-not $table.ContainsKey($called)) { return }
  $table[$called].Split(' ') | Where-Object { $_.StartsWith($word) } | ForEach-Object { $_ }
}
`
