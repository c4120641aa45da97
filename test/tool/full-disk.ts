// Writes a file of so many letters as the tools do, and says what came of it. To be run where files may not grow.
import { writeTextFile } from "../../src/tool/text-file"

const [path = "", size = ""] = process.argv.slice(2)
try {
  await writeTextFile(path, { text: "n".repeat(Number(size)), bom: false })
  console.log("written")
} catch (error) {
  console.log(error instanceof Error && "code" in error ? error.code : error)
}
