/** A file inside the compiled binary: where to read it, and what must come out. */
export interface EmbeddedFile {
  path: string
  /** Hex. */
  sha256: string
  /** Bytes. */
  size: number
}

/** The ripgrep of the platform. `scripts/build.ts` puts the real one in place of this module; from source there is none. */
export const embeddedRipgrep: EmbeddedFile | undefined = undefined
