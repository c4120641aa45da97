import { rustEdition } from "./rust-edition"

/** A sign in a project that it uses a formatter: a file of that name, or one in which the text is found. */
export type Marker = string | { file: string; text: RegExp }

export interface Formatter {
  name: string
  /** Ends of file names, or whole names. */
  extensions: readonly string[]
  /** Program and arguments; `$FILE` stands for the absolute path of the file. */
  command: readonly string[]
  /** It is used only below a directory with one of these; without any, wherever the program is installed. */
  markers?: readonly Marker[]
  environment?: Record<string, string>
  /** Further arguments, put before the others; told from the directory of the marker. */
  options?: (directory: string) => Promise<string[]>
}

const WEB = [
  ...[".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".mts", ".cts", ".vue", ".svelte", ".astro"],
  ...[".html", ".htm", ".css", ".scss", ".sass", ".less", ".json", ".jsonc", ".yaml", ".yml"],
  ...[".md", ".mdx", ".graphql", ".gql", ".hbs", ".handlebars"],
]
const BIOME = [".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".mts", ".cts", ".vue", ".svelte", ".astro"].concat([
  ".html",
  ".css",
  ".json",
  ".jsonc",
  ".graphql",
  ".gql",
])
const C = [".c", ".cc", ".cpp", ".cxx", ".c++", ".h", ".hh", ".hpp", ".hxx", ".h++", ".ino", ".C", ".H"]
const RUBY = [".rb", ".rake", ".gemspec", ".ru"]
const PYTHON = [".py", ".pyi"]

/** The formatters that are known without configuration. Of those that fit a file the first one is used. */
export const builtInFormatters: readonly Formatter[] = [
  {
    name: "biome",
    extensions: BIOME,
    command: ["biome", "format", "--write", "--no-errors-on-unmatched", "$FILE"],
    markers: ["biome.json", "biome.jsonc", ".biome.json", ".biome.jsonc"],
  },
  {
    name: "oxfmt",
    extensions: [".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".mts", ".cts"],
    command: ["oxfmt", "$FILE"],
    markers: [".oxfmtrc.json", ".oxfmtrc.jsonc", { file: "package.json", text: /"oxfmt"\s*:/ }],
  },
  {
    name: "prettier",
    extensions: WEB,
    command: ["prettier", "--write", "--ignore-unknown", "$FILE"],
    markers: [
      { file: "package.json", text: /"prettier"\s*:/ },
      ...[".prettierrc", ".prettierrc.json", ".prettierrc.json5", ".prettierrc.yml", ".prettierrc.yaml"],
      ...[".prettierrc.toml", ".prettierrc.js", ".prettierrc.mjs", ".prettierrc.cjs", ".prettierrc.ts"],
      ...["prettier.config.js", "prettier.config.mjs", "prettier.config.cjs", "prettier.config.ts"],
    ],
  },
  { name: "gofmt", extensions: [".go"], command: ["gofmt", "-w", "$FILE"] },
  {
    name: "rustfmt",
    extensions: [".rs"],
    command: ["rustfmt", "$FILE"],
    markers: ["Cargo.toml"],
    options: rustEdition,
    // What rustup puts in the place of the program would fetch the compiler that the checkout names.
    environment: { RUSTUP_AUTO_INSTALL: "0" },
  },
  {
    name: "ruff",
    extensions: PYTHON,
    command: ["ruff", "format", "$FILE"],
    markers: ["ruff.toml", ".ruff.toml", { file: "pyproject.toml", text: /\[tool\.ruff|["']ruff\b/ }].concat([
      { file: "requirements.txt", text: /^ruff\b/m },
      { file: "Pipfile", text: /^ruff\b/m },
    ]),
  },
  {
    name: "black",
    extensions: PYTHON,
    command: ["black", "--quiet", "$FILE"],
    markers: [{ file: "pyproject.toml", text: /\[tool\.black\]/ }],
  },
  { name: "clang-format", extensions: C, command: ["clang-format", "-i", "$FILE"], markers: [".clang-format"] },
  { name: "shfmt", extensions: [".sh", ".bash"], command: ["shfmt", "-w", "$FILE"] },
  { name: "zig", extensions: [".zig", ".zon"], command: ["zig", "fmt", "$FILE"] },
  {
    name: "mix",
    extensions: [".ex", ".exs", ".eex", ".heex", ".leex", ".neex", ".sface"],
    command: ["mix", "format", "$FILE"],
    markers: ["mix.exs", ".formatter.exs"],
  },
  { name: "dart", extensions: [".dart"], command: ["dart", "format", "$FILE"] },
  { name: "terraform", extensions: [".tf", ".tfvars"], command: ["terraform", "fmt", "$FILE"] },
  { name: "ktlint", extensions: [".kt", ".kts"], command: ["ktlint", "-F", "$FILE"] },
  { name: "gleam", extensions: [".gleam"], command: ["gleam", "format", "$FILE"] },
  { name: "nixfmt", extensions: [".nix"], command: ["nixfmt", "$FILE"] },
  {
    name: "ocamlformat",
    extensions: [".ml", ".mli"],
    command: ["ocamlformat", "-i", "$FILE"],
    markers: [".ocamlformat"],
  },
  { name: "ormolu", extensions: [".hs"], command: ["ormolu", "-i", "$FILE"] },
  { name: "cljfmt", extensions: [".clj", ".cljs", ".cljc", ".edn"], command: ["cljfmt", "fix", "--quiet", "$FILE"] },
  {
    name: "pint",
    extensions: [".php"],
    command: ["pint", "$FILE"],
    markers: ["pint.json", { file: "composer.json", text: /"laravel\/pint"\s*:/ }],
  },
  { name: "standardrb", extensions: RUBY, command: ["standardrb", "--fix", "$FILE"], markers: [".standard.yml"] },
  { name: "rubocop", extensions: RUBY, command: ["rubocop", "--autocorrect", "$FILE"], markers: [".rubocop.yml"] },
  { name: "htmlbeautifier", extensions: [".erb", ".html.erb"], command: ["htmlbeautifier", "$FILE"] },
  { name: "air", extensions: [".R", ".r"], command: ["air", "format", "$FILE"], markers: ["air.toml", ".air.toml"] },
  { name: "latexindent", extensions: [".tex"], command: ["latexindent", "-w", "-s", "$FILE"] },
  { name: "dfmt", extensions: [".d"], command: ["dfmt", "-i", "$FILE"] },
]
