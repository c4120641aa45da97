// Keeps the page up to date. The server sends ready-made, escaped HTML; here it is only put in its place.
const { live } = document.body.dataset
const wait = { first: 1000, most: 30_000 }
const find = (id) => document.getElementById(id)

for (const time of document.querySelectorAll("time")) showLocally(time)
if (live !== undefined) follow(Number(live), wait.first)

function follow(seen, delay) {
  const source = new EventSource(`${location.pathname.replace(/\/+$/, "")}/events`)
  // Changes wait while the page is fetched anew.
  let ready = Promise.resolve()
  source.onmessage = ({ data }) => {
    const change = JSON.parse(data)
    ready = ready.then(() => apply(change)).catch(() => {})
  }
  source.onerror = () => {
    if (source.readyState !== EventSource.CLOSED) return
    setTimeout(() => follow(seen, Math.min(delay * 2, wait.most)), delay)
  }

  async function apply(change) {
    if (change.gone) {
      source.close()
      end()
    } else if (change.state !== undefined) {
      if (change.state !== seen) await renew()
      seen = change.state
    } else if (change.renew) await renew()
    else keepingPlace(() => update(change))
  }
}

function update({ put = [], remove = [] }) {
  for (const id of remove) find(id)?.remove()
  for (const { id, parent, order, html, shell } of put) {
    const template = document.createElement("template")
    template.innerHTML = html
    const made = template.content.firstElementChild
    const old = find(id)
    if (old) {
      keepOpen(old, made)
      const parts = shell && find(`${id}-parts`)
      old.replaceWith(made)
      if (parts) find(`${id}-parts`).replaceWith(parts)
    } else insert(find(parent), made, order)
    for (const time of made.querySelectorAll("time")) showLocally(time)
    if (id === "head") document.title = made.querySelector("h1").textContent
  }
}

function insert(parent, made, order) {
  if (!parent) return
  const next = [...parent.children].find((child) => child.dataset.order > order)
  // Before the first message of a page that does not begin with the first of all: it is on an earlier page.
  if (next && next === parent.firstElementChild && parent.id === "conversation" && document.querySelector(".more"))
    return
  parent.insertBefore(made, next ?? null)
}

async function renew() {
  const response = await fetch(location.href, { cache: "no-store", credentials: "omit" })
  if (response.status === 404) return end()
  if (!response.ok) return
  const page = new DOMParser().parseFromString(await response.text(), "text/html")
  document.title = page.title
  keepingPlace(() => {
    for (const id of ["head", "conversation"]) {
      const made = document.adoptNode(page.getElementById(id))
      keepOpen(find(id), made)
      find(id).replaceWith(made)
    }
  })
  for (const time of document.querySelectorAll("time")) showLocally(time)
}

function end() {
  find("conversation").remove()
  find("head").remove()
  find("notice").hidden = false
  find("notice").textContent = "The conversation is no longer shared."
}

/** Whoever reads at the end of the page stays there. */
function keepingPlace(change) {
  const { scrollingElement: page } = document
  const atEnd = page.scrollHeight - page.scrollTop - page.clientHeight < 80
  change()
  if (atEnd) page.scrollTop = page.scrollHeight
}

/** What the reader has opened or closed stays so. */
function keepOpen(old, made) {
  const known = new Map([...old.querySelectorAll("details")].map((each) => [each.dataset.key, each.open]))
  for (const each of made.querySelectorAll("details")) each.open = known.get(each.dataset.key) ?? each.open
}

function showLocally(time) {
  time.textContent = new Date(time.dateTime).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" })
}
