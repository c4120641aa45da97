import { runCommandLine } from "./cli/command-line"

await runCommandLine(process.argv.slice(2))
