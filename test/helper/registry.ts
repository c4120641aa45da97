import { gzipSync } from "bun"

interface Release {
  version: string
  /** Files of the package besides `package.json`. */
  files: Record<string, string>
  /** Fields of `package.json` besides name and version. */
  manifest?: object
  /** ISO date of the release. */
  released?: string
}

export interface Registry extends AsyncDisposable {
  url: string
  /** Paths asked for so far. */
  requests: string[]
}

/** A package registry with these packages and no others. `asked`: it never answers, but tells when the first request came. */
export function startRegistry(packages: Record<string, Release[]>, asked?: () => void): Registry {
  const requests: string[] = []
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch(request) {
      if (asked) {
        asked()
        return new Promise<Response>(() => {})
      }
      const url = new URL(request.url)
      const path = decodeURIComponent(url.pathname)
      requests.push(path)
      const [, name = "", version] = /^\/(.+?)(?:\/-\/(.+)\.tgz)?$/.exec(path) ?? []
      const releases = Object.hasOwn(packages, name) ? packages[name]! : []
      const release = releases.find((each) => each.version === version)
      if (release) return new Response(tarball(name, release))
      if (releases.length === 0 || version) return Response.json({ error: "Not found" }, { status: 404 })
      return Response.json(metadata(name, releases, url.origin))
    },
  })
  return {
    url: `http://127.0.0.1:${server.port}/`,
    requests,
    [Symbol.asyncDispose]: () => server.stop(true),
  }
}

const manifestOf = (name: string, { version, manifest }: Release) => ({
  name,
  version,
  type: "module",
  exports: "./index.js",
  ...manifest,
})

function metadata(name: string, releases: Release[], origin: string): object {
  const versions = releases.map((release) => {
    const integrity = `sha512-${new Bun.CryptoHasher("sha512").update(tarball(name, release)).digest("base64")}`
    const dist = { tarball: `${origin}/${name}/-/${release.version}.tgz`, integrity }
    return [release.version, { ...manifestOf(name, release), dist }]
  })
  return {
    name,
    "dist-tags": { latest: releases.at(-1)?.version },
    versions: Object.fromEntries(versions),
    time: Object.fromEntries(releases.map(({ version, released = "2024-01-01T00:00:00.000Z" }) => [version, released])),
  }
}

function tarball(name: string, release: Release): Uint8Array<ArrayBuffer> {
  const files = { "package.json": JSON.stringify(manifestOf(name, release)), ...release.files }
  const entries = Object.entries(files).map(([path, text]) => tarEntry(`package/${path}`, Buffer.from(text)))
  return gzipSync(Buffer.concat([...entries, Buffer.alloc(1024)]))
}

/** A file in the ustar format: a header of 512 bytes, then the content filled up to blocks of 512. */
function tarEntry(path: string, content: Buffer): Buffer {
  const header = Buffer.alloc(512)
  header.write(path, 0)
  header.write("0000644\0", 100)
  header.write("0000000\0", 108)
  header.write("0000000\0", 116)
  header.write(`${content.length.toString(8).padStart(11, "0")}\0`, 124)
  header.write("00000000000\0", 136)
  header.write("        ", 148)
  header.write("0", 156)
  header.write("ustar\x0000", 257)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148)
  return Buffer.concat([header, content, Buffer.alloc((512 - (content.length % 512)) % 512)])
}
