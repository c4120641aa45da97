import { badRequest } from "../base/error"
import type { Route } from "./route"

/** The URL of a request. One without a `Host` header (HTTP/1.0) has only a path. Throws 400 when that header is no host. */
export function requestURL(request: Request): URL {
  const url = URL.parse(request.url, "http://localhost")
  if (!url) throw badRequest("The header Host names no host")
  return url
}

/** A path as routes spell it: one leading slash, none at the end. */
export function tidyPath(path: string): string {
  return `/${path.replace(/^\/+|\/+$/g, "")}`
}

/**
 * The routes whose path fits, whatever their method. Fixed words count in any case; `path` is the spelling with the case
 * that the router knows. A last word `*` stands for any number of words.
 */
export function findByPath(routes: readonly Route[], path: string): { route: Route; path: string }[] {
  const words = path.split("/")
  return routes.flatMap((route) => {
    const own = route.path.split("/")
    const open = own.at(-1) === "*"
    if (open) own.pop()
    const fits = (word: string, index: number) =>
      word.startsWith(":") ? words[index] !== "" : word === words[index]?.toLowerCase()
    if ((open ? own.length >= words.length : own.length !== words.length) || !own.every(fits)) return []
    const spelled = words.map((word, index) => (own[index]?.startsWith(":") === false ? own[index] : word))
    return [{ route, path: spelled.join("/") }]
  })
}
