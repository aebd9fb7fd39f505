import { BlockList, isIP } from 'node:net'
import { namespaceLabels, type Peer, podsOf } from './flow.ts'

/** Where machines of a cloud learn their credentials: nobody has to go there. */
const METADATA = ['169.254.169.254/32', 'fd00:ec2::254/128']

/** Addresses that are no part of the internet (RFC 1918, 6598, 3927, 1122; 4193, 4291). */
const PRIVATE = [
  ...['10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.168.0.0/16'],
  ...['fc00::/7', 'fe80::/10'],
]

/** The internet: a range, but for what in it is private. A range that is private itself was meant; the metadata address never is. */
export function publicAddresses(about: string, cidr: string): Peer {
  const within = PRIVATE.filter((range) => contains(cidr, range))
  return { kind: 'addresses', about, cidr, except: within.length > 0 ? within : metadataIn(cidr) }
}

/** A range with all that is private in it, but for the metadata address. */
export function allAddresses(about: string, cidr: string): Peer {
  return { kind: 'addresses', about, cidr, except: metadataIn(cidr) }
}

/** One host: an address is itself, a Service of another namespace its pods, and any other name may be anywhere. */
export function hostPeer(about: string, host: string): Peer {
  const version = isIP(host.replace(/^\[|\]$/g, ''))
  if (version !== 0) return allAddresses(about, `${host.replace(/^\[|\]$/g, '')}/${version === 4 ? 32 : 128}`)
  const [, namespace] = /^[^.]+\.([^.]+)\.svc(?:\.|$)/.exec(host) ?? []
  if (namespace === undefined) return allAddresses(about, '0.0.0.0/0')
  return podsOf(about, namespaceLabels(namespace))
}

function metadataIn(cidr: string): readonly string[] {
  return METADATA.filter((address) => contains(cidr, address))
}

// A range contains another that is narrower and begins in it. NetworkPolicies refuse what is not within.
function contains(range: string, inner: string): boolean {
  const [[address, length], [first, innerLength]] = [partsOf(range), partsOf(inner)]
  const family = isIP(address) === 4 ? 'ipv4' : 'ipv6'
  if (isIP(address) !== isIP(first) || innerLength <= length) return false
  const list = new BlockList()
  list.addSubnet(address, length, family)
  return list.check(first, family)
}

function partsOf(cidr: string): readonly [string, number] {
  const [address = '', length = ''] = cidr.split('/')
  return [address, Number(length)]
}
