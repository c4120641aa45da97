import { join } from "node:path"
import { Type } from "@sinclair/typebox"
import { Value } from "@sinclair/typebox/value"

const Manifest = Type.Object({ package: Type.Object({ edition: Type.String({ pattern: "^\\d{4}$" }) }) })

/**
 * The options that tell rustfmt the edition of a package, which cargo would: without them it takes every file for the oldest one
 * and refuses `async`. A manifest that leaves it to its workspace, or says nothing, is taken for 2021.
 */
export async function rustEdition(directory: string): Promise<string[]> {
  const manifest = await readManifest(join(directory, "Cargo.toml"))
  return ["--edition", Value.Check(Manifest, manifest) ? manifest.package.edition : "2021"]
}

async function readManifest(path: string): Promise<unknown> {
  try {
    return Bun.TOML.parse(await Bun.file(path).text())
  } catch {
    // What cargo cannot read either will show when somebody builds it.
    return undefined
  }
}
