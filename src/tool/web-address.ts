import { lookup } from "node:dns/promises"
import { BlockList, isIP } from "node:net"

/** Cloud machines serve their credentials there. Nobody means them when asking for a page. */
const METADATA = blockList(["169.254.0.0/16", "100.100.100.200/32"], ["fe80::/10", "fd00:ec2::254/128"])
const PRIVATE = blockList(
  ["0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"],
  ["::/127", "fc00::/7"],
)

export interface WebAddress {
  address: string
  /** In this machine or its own network. */
  private: boolean
}

/**
 * Where a host name of a URL leads. Throws when it is unknown, and when it leads to a metadata service or a link-local
 * address: those are never fetched.
 */
export async function resolveHost(hostname: string): Promise<WebAddress[]> {
  const host = hostname.replace(/^\[|\]$/g, "")
  const found = isIP(host) ? [{ address: host }] : await lookup(host, { all: true })
  return found.map(({ address }) => {
    if (listed(METADATA, address)) throw new Error(`Not allowed: ${hostname} is a link-local or metadata address`)
    return { address, private: listed(PRIVATE, address) }
  })
}

function listed(list: BlockList, address: string) {
  const inner = embeddedIPv4(address)
  return list.check(inner ?? address, inner === undefined && isIP(address) === 6 ? "ipv6" : "ipv4")
}

/** The IPv4 address inside of `::ffff:a.b.c.d` (also written in hex) and of the NAT64 prefix `64:ff9b::`. */
function embeddedIPv4(address: string) {
  if (isIP(address) !== 6) return
  // The URL parser writes every form in the same way.
  const normal = new URL(`http://[${address.split("%")[0]}]`).hostname.slice(1, -1)
  const [, high, low] = /^(?:::ffff:|64:ff9b::)(?:([\da-f]+):)?([\da-f]+)$/.exec(normal) ?? []
  if (low === undefined) return
  const [a, b] = [Number.parseInt(high ?? "0", 16), Number.parseInt(low, 16)]
  return [a >> 8, a & 255, b >> 8, b & 255].join(".")
}

function blockList(ipv4: string[], ipv6: string[]) {
  const list = new BlockList()
  for (const [type, ranges] of [["ipv4", ipv4] as const, ["ipv6", ipv6] as const])
    for (const range of ranges) {
      const [address = "", bits] = range.split("/")
      list.addSubnet(address, Number(bits), type)
    }
  return list
}
