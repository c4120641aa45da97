/** A way to start a language server. */
export interface Launch {
  /** Program and arguments. */
  command: readonly string[]
  /** Only for projects that have this package installed, in at least this major version. */
  package?: { name: string; major: number }
}

export interface LanguageServer {
  id: string
  /** Ends of file names, or whole names. */
  extensions: readonly string[]
  /** The first one whose program is installed is used. */
  launches: readonly Launch[]
  /**
   * Names of files that mark the root of what the server is to look at: the nearest directory with one of the first group; if
   * there is none, of the next group. Without any mark it is the instance's directory.
   */
  roots?: readonly (readonly string[])[]
  /** It is not started without one of `roots`. */
  needsRoot?: boolean
  /** It is not started below a directory with one of these: another server knows such files better. */
  unless?: readonly string[]
  env?: Record<string, string>
  /** What the server gets as its options, and what its questions for settings are answered from. */
  initialization?: Record<string, unknown>
}

const TYPESCRIPT = [".ts", ".tsx", ".js", ".jsx", ".mjs", ".cjs", ".mts", ".cts"]
const NODE = [
  ["package-lock.json", "bun.lock", "bun.lockb", "pnpm-lock.yaml", "yarn.lock"],
  ["tsconfig.json", "jsconfig.json", "package.json"],
]
const DENO = ["deno.json", "deno.jsonc"]
const RUBY = [".rb", ".rake", ".gemspec", ".ru"]
const C = [".c", ".cpp", ".cc", ".cxx", ".c++", ".h", ".hpp", ".hh", ".hxx", ".h++"]
const PYTHON = ["pyproject.toml", "setup.py", "setup.cfg", "requirements.txt", "Pipfile", "pyrightconfig.json"]

const run = (...command: string[]): Launch => ({ command })
const stdio = (program: string) => run(program, "--stdio")

/** The language servers that are known without configuration. Their names are those that configurations use. */
export const builtInServers: readonly LanguageServer[] = [
  {
    id: "typescript",
    extensions: TYPESCRIPT,
    // From version 7 on the compiler is the server, and what the older servers need of it is no longer there.
    launches: [
      { command: ["tsc", "--lsp", "--stdio"], package: { name: "typescript", major: 7 } },
      stdio("typescript-language-server"),
      stdio("vtsls"),
      run("tsgo", "--lsp", "--stdio"),
    ],
    roots: NODE,
    unless: DENO,
  },
  {
    id: "deno",
    extensions: [".ts", ".tsx", ".js", ".jsx", ".mjs"],
    launches: [run("deno", "lsp")],
    roots: [DENO],
    needsRoot: true,
  },
  { id: "vue", extensions: [".vue"], launches: [stdio("vue-language-server")], roots: NODE },
  { id: "svelte", extensions: [".svelte"], launches: [stdio("svelteserver")], roots: NODE },
  { id: "astro", extensions: [".astro"], launches: [stdio("astro-ls")], roots: NODE },
  {
    id: "oxlint",
    extensions: [...TYPESCRIPT, ".vue", ".svelte", ".astro"],
    launches: [run("oxlint", "--lsp"), run("oxc_language_server")],
    roots: [[".oxlintrc.json", "oxlint.config.ts"]],
    needsRoot: true,
  },
  { id: "gopls", extensions: [".go"], launches: [run("gopls")], roots: [["go.work"], ["go.mod", "go.sum"]] },
  {
    id: "rust",
    extensions: [".rs"],
    launches: [run("rust-analyzer")],
    // The lock file is at the root of a workspace, a manifest in each package.
    roots: [["Cargo.lock"], ["Cargo.toml"]],
    needsRoot: true,
    // What rustup puts in the place of the program would fetch the compiler that the checkout names.
    env: { RUSTUP_AUTO_INSTALL: "0" },
  },
  {
    id: "pyright",
    extensions: [".py", ".pyi"],
    launches: [stdio("basedpyright-langserver"), stdio("pyright-langserver"), run("pylsp")],
    roots: [PYTHON],
  },
  {
    id: "clangd",
    extensions: C,
    launches: [run("clangd", "--background-index")],
    roots: [
      ["compile_commands.json", "compile_flags.txt", ".clangd"],
      ["CMakeLists.txt", "Makefile"],
    ],
  },
  { id: "zls", extensions: [".zig", ".zon"], launches: [run("zls")], roots: [["build.zig"]] },
  {
    id: "ruby-lsp",
    extensions: RUBY,
    launches: [run("ruby-lsp"), run("solargraph", "stdio")],
    roots: [["Gemfile"]],
  },
  {
    id: "elixir-ls",
    extensions: [".ex", ".exs"],
    launches: [run("elixir-ls"), run("language_server.sh"), run("expert", "--stdio")],
    roots: [["mix.exs", "mix.lock"]],
  },
  { id: "gleam", extensions: [".gleam"], launches: [run("gleam", "lsp")], roots: [["gleam.toml"]] },
  { id: "csharp", extensions: [".cs"], launches: [run("csharp-ls")], roots: [["*.slnx", "*.sln"], ["*.csproj"]] },
  {
    id: "fsharp",
    extensions: [".fs", ".fsi", ".fsx", ".fsscript"],
    launches: [run("fsautocomplete")],
    roots: [["*.slnx", "*.sln"], ["*.fsproj"]],
  },
  {
    id: "sourcekit-lsp",
    extensions: [".swift"],
    launches: [run("sourcekit-lsp")],
    roots: [["Package.swift", "*.xcodeproj", "*.xcworkspace"]],
  },
  {
    id: "jdtls",
    extensions: [".java"],
    launches: [run("jdtls")],
    roots: [
      ["settings.gradle", "settings.gradle.kts"],
      ["pom.xml", "build.gradle", "build.gradle.kts", ".classpath"],
    ],
  },
  {
    id: "kotlin-ls",
    extensions: [".kt", ".kts"],
    launches: [stdio("kotlin-lsp"), run("kotlin-language-server")],
    roots: [
      ["settings.gradle", "settings.gradle.kts"],
      ["build.gradle", "build.gradle.kts", "pom.xml"],
    ],
  },
  { id: "dart", extensions: [".dart"], launches: [run("dart", "language-server")], roots: [["pubspec.yaml"]] },
  {
    id: "php intelephense",
    extensions: [".php"],
    launches: [stdio("intelephense"), run("phpactor", "language-server")],
    roots: [["composer.json", "composer.lock"]],
  },
  {
    id: "lua-ls",
    extensions: [".lua"],
    launches: [run("lua-language-server")],
    roots: [[".luarc.json", ".luarc.jsonc", ".luacheckrc", "stylua.toml"]],
  },
  { id: "bash", extensions: [".sh", ".bash", ".zsh", ".ksh"], launches: [run("bash-language-server", "start")] },
  { id: "yaml-ls", extensions: [".yaml", ".yml"], launches: [stdio("yaml-language-server")] },
  {
    id: "dockerfile",
    extensions: [".dockerfile", "Dockerfile", "Containerfile"],
    launches: [stdio("docker-langserver")],
  },
  {
    id: "terraform",
    extensions: [".tf", ".tfvars"],
    launches: [run("terraform-ls", "serve"), run("tofu-ls", "serve")],
    roots: [[".terraform.lock.hcl"]],
  },
  { id: "prisma", extensions: [".prisma"], launches: [stdio("prisma-language-server")], roots: [["package.json"]] },
  {
    id: "ocaml-lsp",
    extensions: [".ml", ".mli"],
    launches: [run("ocamllsp")],
    roots: [["dune-project", "dune-workspace"], ["*.opam"]],
  },
  {
    id: "haskell-language-server",
    extensions: [".hs", ".lhs"],
    launches: [run("haskell-language-server-wrapper", "--lsp"), run("haskell-language-server", "--lsp")],
    roots: [["stack.yaml", "cabal.project", "hie.yaml"], ["*.cabal"]],
  },
  {
    id: "clojure-lsp",
    extensions: [".clj", ".cljs", ".cljc", ".edn"],
    launches: [run("clojure-lsp", "listen")],
    roots: [["deps.edn", "project.clj", "shadow-cljs.edn", "bb.edn", "build.boot"]],
  },
  { id: "nixd", extensions: [".nix"], launches: [run("nixd"), run("nil")], roots: [["flake.nix"]] },
  { id: "texlab", extensions: [".tex", ".bib"], launches: [run("texlab")], roots: [[".latexmkrc", "latexmkrc"]] },
  { id: "tinymist", extensions: [".typ", ".typc"], launches: [run("tinymist")], roots: [["typst.toml"]] },
]
