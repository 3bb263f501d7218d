import { BlockList, isIP } from 'node:net';

/**
 * What no public server has.
 *
 * Source: IANA IPv4 Special-Purpose Address Registry, RFC 5771 (multicast), RFC 1112 (reserved); Azure documentation, "What is
 * IP address 168.63.129.16?".
 */
const SPECIAL_IPV4: readonly (readonly [network: string, bits: number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['168.63.129.16', 32],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
];

/** IPv6 addresses that stand for an IPv4 address in their last 32 bits: mapped (RFC 4291), NAT64 (RFC 6052). */
const EMBEDDING = ['::ffff:', '64:ff9b::'];

/**
 * Within the addresses that are given out: protocol assignments (Teredo, ORCHID and benchmarks are among them), documentation,
 * and 6to4, which leads to any IPv4 address.
 *
 * Source: IANA IPv6 Special-Purpose Address Registry.
 */
const SPECIAL_IPV6: readonly (readonly [network: string, bits: number])[] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
];

const special = new BlockList();
/** Of IPv6, nothing else is given out; what is neither here nor IPv4 is not public. */
const reachable = new BlockList();

reachable.addSubnet('2000::', 3, 'ipv6');
for (const prefix of EMBEDDING) reachable.addSubnet(`${prefix}0.0.0.0`, 96, 'ipv6');
for (const [network, bits] of SPECIAL_IPV6) special.addSubnet(network, bits, 'ipv6');
for (const [network, bits] of SPECIAL_IPV4) {
  special.addSubnet(network, bits, 'ipv4');
  for (const prefix of EMBEDDING) special.addSubnet(`${prefix}${network}`, 96 + bits, 'ipv6');
}

/** The first half of an interface id in ISATAP, whose second is an IPv4 address. Source: RFC 5214, section 6.1. */
const ISATAP: ReadonlySet<string> = new Set(['0:5efe', '200:5efe']);

/**
 * Whether an address is one of a public server. What is no address, or has a zone (`%eth0`), is not; what leads to an IPv4
 * address in a way that only some machines know is not, either.
 */
export function isPublicAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !special.check(address, 'ipv4');
    case 6:
      return !address.includes('%') && isPublicIpv6(address);
    default:
      return false;
  }
}

function isPublicIpv6(address: string): boolean {
  return reachable.check(address, 'ipv6') && !special.check(address, 'ipv6') && !isIsatap(address);
}

function isIsatap(address: string): boolean {
  return ISATAP.has(groupsOf(address).slice(4, 6).join(':'));
}

/** The eight groups, in hexadecimal without zeros at their beginning. */
function groupsOf(address: string): readonly string[] {
  const { hostname } = new URL(`http://[${address}]`);
  const [head = [], tail = []] = hostname
    .slice(1, -1)
    .split('::')
    .map((half) => half.split(':').filter((group) => group !== ''));
  return [...head, ...Array<string>(8 - head.length - tail.length).fill('0'), ...tail];
}

/** Whether one of these addresses is another spelling of it, or an IPv6 form of it. */
export function isAmong(address: string, addresses: readonly string[]): boolean {
  const list = new BlockList();
  for (const one of addresses) {
    if (isIP(one) === 6) list.addAddress(one.replace(/%.*$/, ''), 'ipv6');
    if (isIP(one) !== 4) continue;
    list.addAddress(one, 'ipv4');
    for (const prefix of EMBEDDING) list.addAddress(`${prefix}${one}`, 'ipv6');
  }
  return list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}
