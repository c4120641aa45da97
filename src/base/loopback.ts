const IPV4 = /^127(\.(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)){3}$/
/** `::1`, and 127.0.0.0/8 as the IPv6 addresses that stand for IPv4 ones. */
const IPV6 = /^\[(::1|::ffff:7f[\da-f]{2}:[\da-f]{1,4})\]$/

/**
 * Whether a host name leads to this machine and nowhere else, so that only its own programs are reached by it and reach it.
 * As people write it, or as URLs have it, with IPv6 in brackets. No name is looked up: all but `localhost` count as
 * elsewhere, as somebody else may answer for them.
 */
export function isLoopback(hostname: string): boolean {
  if (hostname.toLowerCase() === "localhost" || IPV4.test(hostname)) return true
  const address = /^\[(.*)\]$/.exec(hostname)?.[1] ?? hostname
  // The URL parser writes every form of an IPv6 address in the same way. (`node:net` compares addresses too, but to load it
  // takes long for a server that starts in 40 ms.)
  const url = `http://[${address}]`
  return /^[\da-f:.]+$/i.test(address) && URL.canParse(url) && IPV6.test(new URL(url).hostname)
}
