import { describe, expect, it } from 'vitest';
import { refusingCaveat } from './caveats.ts';
import type { AskedUse, Caveats } from './caveats.ts';
import { parseCaveats } from './parse-caveats.ts';
import { allowsRight, askRight, parseRight } from './right.ts';

const INVALID = expect.objectContaining({ code: 'InvalidInput' });

describe('an attack by what is asked for', () => {
  it.each([
    ['a longer name', '/corp-old'],
    ['a longer name below', '/corp-old/a'],
    ['a shorter name', '/cor'],
    ['the folder above', '/'],
    ['a relative path', 'corp/a'],
    ['upper case', '/CORP/a'],
    ['a Cyrillic o', '/c\u043erp/a'],
    ['a fullwidth letter', '/\uff43orp/a'],
    ['a fullwidth slash', '/corp\uff0fa'],
    ['a slash that is for fractions', '/corp\u2215a'],
    ['a space at the end', '/corp '],
    ['a dot at the end', '/corp.'],
    ['the name behind another', '/x/corp/a'],
    ['a drive', 'C:/corp/a'],
    ['an action and a resource', 'fs.read:/corp/a'],
  ])('is denied: %s', (_, resource) => {
    expect(allowsRight(parseRight('fs.read:/corp/**'), askRight('fs.read', resource))).toBe(false);
  });

  it.each([
    ['..', '/corp/../secret'],
    ['.. at the end', '/corp/..'],
    ['.. at the beginning', '../corp'],
    ['a dot', '/corp/./a'],
    ['a dot alone', '.'],
    ['an encoded slash', '/corp%2Fa'],
    ['an encoded ..', '/corp/%2e%2e/secret'],
    ['half an encoded ..', '/corp/.%2E/secret'],
    ['an encoded backslash', '/corp/..%5csecret'],
    ['an encoded NUL', '/corp/a%00.txt'],
    ['NUL', '/corp/a\0.txt'],
    ['a line break', '/corp/a\n/secret'],
    ['DEL', '/corp/\u007f'],
    ['a control beyond ASCII', '/corp/\u009b2J'],
    ['a backslash', '/corp\\a'],
    ['.. behind a backslash', '/corp/..\\..\\secret'],
    ['a double slash', '/corp//a'],
    ['a slash at the end', '/corp/'],
    ['two slashes', '//'],
    ['nothing', ''],
    ['a text in NFD', '/corp/re\u0301sume\u0301'],
    ['the Kelvin sign, which NFC changes', '/corp/\u212a'],
    ['a lone surrogate', '/corp/\ud800'],
    ['a zero-width space', '/corp/\u200ba'],
    ['a zero-width joiner', '/co\u200drp/a'],
    ['a soft hyphen', '/co\u00adrp/a'],
    ['a Hangul filler', '/corp/\u3164'],
    ['a turned direction', '/corp/\u202etxt.exe'],
    ['an isolate', '/corp/\u2066a'],
    ['a line separator', '/corp/\u2028a'],
    ['a tag character', '/corp/\u{e0061}'],
    ['a byte order mark', '\ufeff/corp/a'],
    ['a character that is none', '/corp/\uffff'],
    ['a wildcard', '/corp/*'],
    ['a wildcard for all', '**'],
    ['a star in a name', '/corp/a*'],
    ['a very long name', `/corp/${'a'.repeat(5_000)}`],
    ['a very deep name', `/corp${'/a'.repeat(200)}`],
  ])('is refused: %s', (_, resource) => {
    expect(() => askRight('fs.read', resource)).toThrow(INVALID);
  });

  it.each([
    ['another of the family', 'fs.write'],
    ['one above', 'fs'],
    ['one below', 'fs.read.all'],
    ['a longer word', 'fs.reads'],
  ])('is denied by its action: %s', (_, action) => {
    expect(allowsRight(parseRight('fs.read:**'), askRight(action, 'a'))).toBe(false);
  });

  it.each([
    '*',
    'fs.*',
    '',
    'fs.',
    '.fs',
    'fs..read',
    'FS.read',
    'f\u0455.read',
    'fs read',
    'fs.read\n',
    'fs.read:x',
    '1fs',
  ])('is refused by its action: %j', (action) => expect(() => askRight(action, 'a')).toThrow(INVALID));
});

describe('an attack by what is granted', () => {
  it.each([
    ['nothing', ''],
    ['stars alone', '**'],
    ['no action', ':a'],
    ['no resource', 'kv:'],
    ['neither', ':'],
    ['a star in an action', 'k*:a'],
    ['a star before the last word', '*.put:a'],
    ['two stars for an action', '**:a'],
    ['a star at the beginning of a name', 'kv:*a'],
    ['a star at the end of a name', 'kv:/corp*'],
    ['a star in a name', 'kv:a*b'],
    ['two stars in the middle', 'kv:a/**/b'],
    ['two stars twice', 'kv:**/**'],
    ['three stars', 'kv:***'],
    ['two stars at the end of a name', 'kv:/corp**'],
    ['a slash behind two stars', 'kv:a/**/'],
    ['..', 'kv:/corp/../**'],
    ['an empty segment before two stars', 'kv://**'],
    ['a space before the action', ' kv:a'],
    ['an invisible character', 'kv:\u2060**'],
    ['a very long action', `${'a.'.repeat(5_000)}a:b`],
    ['a very deep resource', `kv:${'*/'.repeat(200)}**`],
  ])('is refused: %s', (_, text) => expect(() => parseRight(text)).toThrow(INVALID));

  it('gets one segment from *:*, not everything', () => {
    const right = parseRight('*:*');
    expect(allowsRight(right, askRight('kv.put', 'a'))).toBe(true);
    expect(['/a', 'a/b', '/'].some((resource) => allowsRight(right, askRight('kv.put', resource)))).toBe(
      false,
    );
  });
});

describe('an attack by caveats', () => {
  const revoked = (): unknown => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    return proxy;
  };
  const deep = JSON.parse(`${'['.repeat(100)}${']'.repeat(100)}`) as unknown;

  it.each<readonly [string, unknown]>([
    ['no object', []],
    ['nothing', undefined],
    ['text', '{}'],
    ['a caveat of another release', { expiresAt: 1, region: 'eu' }],
    ['a caveat in other letters', { ExpiresAt: 1 }],
    ['a name that all objects have', { constructor: 1 }],
    ['null for a caveat', { expiresAt: null }],
    ['an expiry as text', { expiresAt: '2030-01-01' }],
    ['an expiry before all time', { expiresAt: -1 }],
    ['an expiry after all time', { expiresAt: 8.64e15 + 1 }],
    ['half a millisecond', { expiresAt: 0.5 }],
    ['no uses', { count: 0 }],
    ['a count past what is exact', { count: 2 ** 53 }],
    ['a rate of nothing', { rate: {} }],
    ['a rate without a period', { rate: { limit: 1 } }],
    ['a rate in no time', { rate: { limit: 1, periodMs: 0 } }],
    ['a rate with a burst', { rate: { limit: 1, periodMs: 1, burst: 9 } }],
    ['no hosts', { hosts: [] }],
    ['a host as text', { hosts: 'a.com' }],
    ['any host', { hosts: ['*'] }],
    ['a star in a host', { hosts: ['a*.com'] }],
    ['a star behind a name', { hosts: ['a.*'] }],
    ['two stars', { hosts: ['*.*.com'] }],
    ['an address with a star', { hosts: ['*.0.0.1'] }],
    ['an IPv6 address with a star', { hosts: ['*.[::1]'] }],
    ['a host with a port', { hosts: ['a.com:80'] }],
    ['a host with a user', { hosts: ['a.com@evil.com'] }],
    ['a URL', { hosts: ['http://a.com'] }],
    ['a host with two dots', { hosts: ['a..com'] }],
    ['a host of dots', { hosts: ['.'] }],
    ['a host in Cyrillic', { hosts: ['\u0430.com'] }],
    ['a host with the Kelvin sign', { hosts: ['ban\u212a.com'] }],
    ['a very long host', { hosts: [`${'a.'.repeat(200)}com`] }],
    ['very many hosts', { hosts: Array.from({ length: 65 }, (_, index) => `h${index}.com`) }],
    ['a path with ..', { within: '/corp/..' }],
    ['a path with a star', { within: '/corp/**' }],
    ['a path with a slash at the end', { within: '/corp/' }],
    ['an amount with an exponent', { amount: '1e9' }],
    ['an amount below zero', { amount: '-1' }],
    ['an amount in hexadecimal', { amount: '0x10' }],
    ['an amount with leading zeros', { amount: '007' }],
    ['an amount with a plus', { amount: '+1' }],
    ['an amount with a fraction', { amount: '1.0' }],
    ['an amount with a space', { amount: ' 1' }],
    ['an amount with a line break', { amount: '1\n' }],
    ['an amount in Arabic digits', { amount: '\u0661' }],
    ['an empty amount', { amount: '' }],
    ['an amount as a number', { amount: 1 }],
    ['an amount as a bigint', { amount: 1n }],
    ['a very long amount', { amount: '9'.repeat(79) }],
    ['no kinds', { kinds: [] }],
    ['a star for a kind', { kinds: ['*'] }],
    ['a list within a list', { kinds: [['a']] }],
  ])('is refused: %s', (_, value) => expect(() => parseCaveats(value)).toThrow(INVALID));

  it.each<readonly [string, unknown]>([
    ['deeply nested', { kinds: deep }],
    ['NaN', { expiresAt: Number.NaN }],
    ['__proto__', JSON.parse('{"__proto__":{"expiresAt":1}}')],
    ['a proxy without a target', revoked()],
  ])('is refused as no data: %s', (_, value) => {
    expect(() => parseCaveats(value)).toThrow(expect.objectContaining({ code: 'InvalidValue' }));
  });
});

describe('an attack on caveats', () => {
  const com = parseCaveats({ hosts: ['*.a.com', 'b.com'] });

  it.each<readonly [string, Caveats, Partial<AskedUse>]>([
    ['the name above a star', com, { host: 'a.com' }],
    ['a longer name', com, { host: 'evila.com' }],
    ['a name below one without a star', com, { host: 'x.b.com' }],
    ['another name at the end', com, { host: 'b.com.evil.com' }],
    ['a name with a dot at the end', com, { host: 'evil.com.' }],
    ['two dots at the end', com, { host: 'b.com..' }],
    ['a port', com, { host: 'b.com:80' }],
    ['a user', com, { host: 'evil.com@x.a.com' }],
    ['a fragment', com, { host: 'evil.com#.a.com' }],
    ['a path', com, { host: 'evil.com/.a.com' }],
    ['a backslash', com, { host: 'evil.com\\.a.com' }],
    ['NUL', com, { host: 'evil.com\0.a.com' }],
    ['a space', com, { host: 'evil.com .a.com' }],
    ['no name before the star', com, { host: '.a.com' }],
    ['a star', com, { host: '*.a.com' }],
    ['no host', com, { host: '' }],
    ['the Kelvin sign', parseCaveats({ hosts: ['bank.com'] }), { host: 'ban\u212a.com' }],
    ['another spelling of an address', parseCaveats({ hosts: ['127.0.0.1'] }), { host: '0x7f.1' }],
    ['a longer path', parseCaveats({ within: '/corp' }), { path: '/corp-old' }],
    ['a path with ..', parseCaveats({ within: '/corp' }), { path: '/corp/../secret' }],
    ['an encoded ..', parseCaveats({ within: '/corp' }), { path: '/corp/%2e%2e/secret' }],
    ['a path with a star', parseCaveats({ within: '/corp' }), { path: '/corp/*' }],
    ['less than nothing', parseCaveats({ amount: '5' }), { amount: -1n }],
    ['more by the number of digits', parseCaveats({ amount: '9' }), { amount: 10n }],
    ['an amount that is none', parseCaveats({ amount: '5' }), { amount: Number.NaN as unknown as bigint }],
    ['a kind in other letters', parseCaveats({ kinds: ['mail'] }), { kind: 'Mail' }],
    ['a time that is none', parseCaveats({ expiresAt: 5 }), { at: Number.NaN }],
    ['the very moment of its expiry', parseCaveats({ expiresAt: 5 }), { at: 5 }],
  ])('is denied: %s', (_, caveats, asked) => {
    expect(refusingCaveat(caveats, { at: 0, ...asked })).toBe(Object.keys(caveats)[0]);
  });
});
