import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isAmong, isPublicAddress } from './address.ts';

describe('isPublicAddress', () => {
  it.each([
    ...[
      '8.8.8.8',
      '1.1.1.1',
      '93.184.216.34',
      '172.15.255.255',
      '172.32.0.0',
      '100.63.255.255',
      '223.255.255.255',
    ],
    ...['2606:4700:4700::1111', '2a00:1450:4001:81b::200e', '2001:4860:4860::8888'],
    ...['168.63.129.15', '168.63.129.17', '2606:4700::1:5efe:7f00:1', '2606:4700:0:5efe::1', '2606:0:5efe::'],
    ...['::ffff:8.8.8.8', '64:ff9b::8.8.8.8', '64:ff9b::808:808'],
  ])('takes %s', (address) => expect(isPublicAddress(address)).toBe(true));

  it.each([
    ...['0.0.0.0', '0.1.2.3', '10.0.0.1', '100.64.0.1', '127.0.0.1', '127.255.255.254', '169.254.169.254'],
    ...['172.16.0.1', '172.31.255.255', '192.0.0.8', '192.0.2.1', '192.88.99.1', '192.168.1.1', '198.18.0.1'],
    ...['198.51.100.7', '203.0.113.7', '224.0.0.1', '239.255.255.255', '240.0.0.1', '255.255.255.255'],
    // Unspecified, loopback, IPv4-compatible, link-local, site-local, unique local, multicast.
    ...[
      '::',
      '::1',
      '::127.0.0.1',
      '::8.8.8.8',
      'fe80::1',
      'febf::1',
      'fec0::1',
      'fc00::1',
      'fd12:3456::1',
      'ff02::1',
    ],
    // What stands for IPv4 addresses: mapped, NAT64, 6to4, Teredo.
    ...[
      '::ffff:127.0.0.1',
      '::ffff:7f00:1',
      '::ffff:10.0.0.1',
      '0:0:0:0:0:ffff:a9fe:a9fe',
      '64:ff9b::10.0.0.1',
    ],
    ...['64:ff9b::a9fe:a9fe', '64:ff9b:1::10.0.0.1', '2002:7f00:1::', '2002:a00:1::1', '2001:0:4136:e378::1'],
    // Discard, documentation, segment routing, what is not given out.
    ...['100::1', '2001:db8::1', '3fff::1', '5f00::1', '4000::1', '::1:0:0', '1fff::1'],
    // The host below a machine in Azure.
    ...['168.63.129.16', '::ffff:168.63.129.16', '64:ff9b::a83f:8110'],
    // ISATAP, whichever the network.
    ...[
      '2001:470::5efe:7f00:1',
      '2001:470::200:5efe:10.0.0.1',
      '2606:4700:1:2:0:5efe:8.8.8.8',
      '2a00::5efe:0:1',
    ],
    ...['2a00:1:2:3:200:5efe::', '2a00:0:0:1:0:5efe::'],
    // No addresses, or in spellings that only a URL has.
    ...[
      '',
      'localhost',
      '127.1',
      '0x7f000001',
      '2130706433',
      '0177.0.0.1',
      '[::1]',
      '2606:4700::1%eth0',
      '8.8.8.8 ',
    ],
  ])('refuses %s', (address) => expect(isPublicAddress(address)).toBe(false));

  it('judges an IPv4 address the same in each form that leads to it', () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        const isPublic = isPublicAddress(address);
        for (const prefix of ['::ffff:', '64:ff9b::'])
          expect(isPublicAddress(`${prefix}${address}`)).toBe(isPublic);
        for (const prefix of ['::', '64:ff9b:1::', '::ffff:0:'])
          expect(isPublicAddress(`${prefix}${address}`)).toBe(false);
      }),
    );
  });
});

describe('isAmong', () => {
  it.each([
    ['93.184.216.34', true],
    ['::ffff:93.184.216.34', true],
    ['64:ff9b::5db8:d822', true],
    ['2606:4700:0:0:0:0:0:1', true],
    ['fe80::1', true],
    ['93.184.216.35', false],
    ['2606:4700::2', false],
  ])('of %s is %s', (address, expected) => {
    expect(isAmong(address, ['93.184.216.34', '2606:4700::1', 'fe80::1%eth0'])).toBe(expected);
  });

  it('is false among none', () => expect(isAmong('93.184.216.34', [])).toBe(false));
});
