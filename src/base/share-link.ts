import { createHash, randomBytes } from "node:crypto"

/** 192 bits: whoever does not know a link cannot find it. */
const SECRET_BYTES = 24
const LINK = /^https?:\/\/[^/?#]+\/share\/([\w-]{32})$/

/** A new link to a share page below `origin` (`http://host:port`). Its last word is the secret; it follows from nothing. */
export const newShareLink = (origin: string) => `${origin}/share/${randomBytes(SECRET_BYTES).toString("base64url")}`

/** The secret of a link that `newShareLink` made; undefined for any other. */
export const secretOf = (link: string): string | undefined => LINK.exec(link)?.[1]

/** What a secret is looked up by: the time that takes tells nothing of secrets that exist. */
export const shareKey = (secret: string) => createHash("sha256").update(secret).digest("base64url")
