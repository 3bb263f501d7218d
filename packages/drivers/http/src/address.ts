import { BlockList, isIP } from 'node:net';

/**
 * What no public server has.
 *
 * Source: IANA IPv4 Special-Purpose Address Registry, and RFC 5771 (multicast), RFC 1112 (reserved).
 */
const SPECIAL_IPV4: readonly (readonly [network: string, bits: number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
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

/** Whether an address is one of a public server. What is no address, or has a zone (`%eth0`), is not. */
export function isPublicAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !special.check(address, 'ipv4');
    case 6:
      return !address.includes('%') && reachable.check(address, 'ipv6') && !special.check(address, 'ipv6');
    default:
      return false;
  }
}
