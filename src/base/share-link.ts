import { createHash, randomBytes } from "node:crypto"

/** 192 bits: whoever does not know a link cannot find it. */
const SECRET_BYTES = 24
const LINK = /^https?:\/\/[^/?#]+\/share\/([\w-]{32})$/

/** A new secret; it follows from nothing. */
export const newShareSecret = () => randomBytes(SECRET_BYTES).toString("base64url")

/** The link to the share page of a secret below `origin` (`http://host:port`). */
export const shareLink = (origin: string, secret: string) => `${origin}/share/${secret}`

/** The secret of a link to a share page; undefined for any other link. */
export const secretOf = (link: string): string | undefined => LINK.exec(link)?.[1]

/** What a secret is looked up by: the time that takes tells nothing of the secrets that exist. */
export const shareKey = (secret: string) => createHash("sha256").update(secret).digest("base64url")
