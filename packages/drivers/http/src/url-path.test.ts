import { isKernelError } from '@tksm/abstractions';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readTarget } from './target.ts';

/** What is called, or the code of the refusal. */
function called(path: string): string {
  try {
    return readTarget(`https://h${path}`).url.pathname;
  } catch (error) {
    return isKernelError(error) ? error.code : 'another error';
  }
}

const ENCODED = /%u([0-9a-f]{4})|%([0-9a-f]{2})/gi;
const OVER_LONG = /%c([01])%([89ab][0-9a-f])|%e0%([89][0-9a-f])%([89ab][0-9a-f])/gi;

/** A path as the most lenient of servers reads it: it undoes whatever anybody undoes, as often as it can, then resolves dots. */
function leniently(path: string): string {
  let text = path;
  for (let before = ''; before !== text;) {
    before = text;
    text = text
      .replace(OVER_LONG, (_all, high: string, low: string, middle: string, last: string) =>
        high === undefined
          ? String.fromCharCode(((parseInt(middle, 16) & 63) << 6) | (parseInt(last, 16) & 63))
          : String.fromCharCode((Number(high) << 6) | (parseInt(low, 16) & 63)),
      )
      .replace(ENCODED, (_all, unicode: string, byte: string) =>
        String.fromCharCode(parseInt(unicode ?? byte, 16)),
      )
      .normalize('NFKC')
      .replace(/[\\\u2044\u2215\u2216]/g, '/');
  }
  const names: string[] = [];
  for (const segment of text.split('/')) {
    const name = segment.replace(/;.*$/s, '').replace(/[\s\p{C}]/gu, '');
    if (/^\.{2,}$/.test(name)) names.pop();
    else if (name !== '' && name !== '.') names.push(name);
  }
  return `/${names.join('/')}`;
}

describe('a path', () => {
  it.each([
    ...['/', '/a', '/a/', '/a;x=1/b', '/a..b', '/..a', '/a../b', '/.well-known/x', '/my%20file', '/100%25'],
    ...['/%C3%A9', '/a%3fb', '/a%23b', '/a;x=..;/b', '/%E2%80%A6and', '/%F0%9F%98%80', '/@scope%40x:y/(z)'],
  ])('of %s is called as it is', (path) => expect(called(path)).toBe(path));

  it.each([
    // Parameters, which servlets leave out before they resolve.
    ...['..;/', '..;x=1/', '..;x=/y/', '..%3b/', '..%3B%2e/', '.;/', ';/', ';x/', '..%253b/', '.;x/..;y/'],
    // What is cut off at the ends of names, and more dots than two.
    ...['..%09/', '..%20/', '%20../', '..%0d/', '..%00/', '..%c2%a0/', '..%e2%80%8b/', '.../', '..%20./'],
    // Encoded otherwise: twice, over-long, by %u, in no UTF-8 at all.
    ...['%252e%252e/', '%25252e/', '..%252f', '..%255c', '%c0%ae%c0%ae/', '..%c0%af', '%c1%9c', '%e0%80%ae/'],
    ...['%f0%80%80%ae/', '%u002e%u002e/', '%u2215', '%25u002e/', '%ed%a0%80', '%ff', '%', '%2/', '%zz'],
    // What looks alike, to those who map letters.
    ...['%ef%bc%8e%ef%bc%8e/', '\uff0e\uff0e/', '\u2025/', '..\uff0f', '..\uff3c', '..\u2215', '..\u2216'],
    ...['..%e2%81%84', '..%ef%bc%9b/', '..\u037e/', '\u2024\u2024/'],
    // Controls, anywhere.
    ...['a%0d%0aX:1', 'a%7f', 'a%1b', 'a%c2%85', 'a%2500'],
  ])('is refused with %j in it', (part) => {
    expect(called(`/public/${part}admin`)).toBe('InvalidInput');
    expect(called(`/public/${part}`)).toBe('InvalidInput');
  });

  it('is refused, or is within what was granted to the most lenient server, too', () => {
    const part = fc.constantFrom(
      ...[
        '/',
        '/',
        '.',
        '.',
        '..',
        '..',
        ';',
        ';x=',
        'a',
        'admin',
        '\u00e9',
        '%',
        '%25',
        '25',
        '2e',
        '2f',
        '5c',
      ],
      ...['%2e', '%2f', '%5c', '%3b', '%09', '%20', '%00', '%c0', '%ae', '%af', '%c1', '%9c', '%e0%80%ae'],
      ...[
        '%u',
        '%u002e',
        '%u002f',
        '%ef%bc%8e',
        '%ef%bc%8f',
        '%e2%80%8b',
        '%c2%a0',
        '\uff0e',
        '\u2025',
        '\u2215',
      ],
    );
    let taken = 0;
    fc.assert(
      fc.property(fc.array(part, { maxLength: 9 }), (parts) => {
        const path = called(`/public/${parts.join('')}`);
        if (!path.startsWith('/public/')) return;
        taken++;
        expect(`${leniently(path)}/`).toMatch(/^\/public\//);
      }),
      { numRuns: 5_000 },
    );
    expect(taken).toBeGreaterThan(300);
  });
});
