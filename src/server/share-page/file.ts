import { html, type Markup } from "./markup"

const IMAGE = /^data:image\/(png|jpeg|gif|webp);base64,[\w+/=\s]+$/
/** Characters of an image's URL; larger ones are only named. */
const MAX_IMAGE = 4 * 1024 * 1024

/** A file that was sent along: the image itself where it came with the message, else its name. */
export function fileMarkup(file: { mime: string; url: string; filename?: string | undefined }): Markup {
  const name = file.filename ?? file.mime
  if (file.url.length <= MAX_IMAGE && IMAGE.test(file.url))
    return html`<figure><img src="${file.url}" alt="${name}"><figcaption>${name}</figcaption></figure>`
  return html`<span class="file">${name}</span>`
}
