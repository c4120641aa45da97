import { stat } from "node:fs/promises"
import { join } from "node:path"
import { parentsUpTo } from "../base/find-up"
import type { Marker } from "./formatters"

/** Files that are larger are no settings. */
const MAX_SIZE = 1024 * 1024

/** The nearest directory, from `from` up to `top`, with one of the markers. */
export async function findMarker(markers: readonly Marker[], from: string, top: string): Promise<string | undefined> {
  for (const directory of parentsUpTo(from, top)) {
    const found = await Promise.all(markers.map((marker) => hasMarker(directory, marker)))
    if (found.includes(true)) return directory
  }
  return undefined
}

async function hasMarker(directory: string, marker: Marker): Promise<boolean> {
  const path = join(directory, typeof marker === "string" ? marker : marker.file)
  const found = await stat(path).catch(() => undefined)
  if (!found?.isFile()) return false
  if (typeof marker === "string") return true
  if (found.size > MAX_SIZE) return false
  const text = await Bun.file(path)
    .text()
    .catch(() => "")
  return marker.text.test(text)
}
