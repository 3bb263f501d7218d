import { isKernelError } from '@tksm/abstractions';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { privateUseOf, readTarget, useOf } from './target.ts';

const fault = (text: string): string => {
  try {
    return readTarget(text).resource;
  } catch (error) {
    return isKernelError(error) ? error.code : 'another error';
  }
};

describe('a target', () => {
  it.each([
    ['https://Example.COM/a/b?secret=1#part', 'example.com/a/b'],
    ['https://example.com', 'example.com'],
    ['https://example.com/', 'example.com'],
    ['https://example.com/a/', 'example.com/a'],
    ['https://example.com.:443/a', 'example.com/a'],
    ['http://example.com:80/a', 'example.com/a'],
    ['http://example.com:443/a', 'example.com:443/a'],
    ['https://example.com:8443/a:b', 'example.com:8443/a:b'],
    ['https://bücher.example/ü', 'xn--bcher-kva.example/%C3%BC'],
    ['https://EXAMPLE.com/A', 'example.com/A'],
    ['https://example.com/a/../../b', 'example.com/b'],
    ['https://example.com/?next=//evil.example/%2e%2e\\', 'example.com'],
    ['http://127.1/', '127.0.0.1'],
    ['http://0x7f.0.0.1/', '127.0.0.1'],
    ['http://2130706433/', '127.0.0.1'],
    ['http://0177.0.0.01/x', '127.0.0.1/x'],
    ['http://[0:0::1]:8080/x', '[::1]:8080/x'],
    ['http://[::ffff:127.0.0.1]/', '[::ffff:7f00:1]'],
    ['http://①②⑦.⓪.⓪.①/', '127.0.0.1'],
  ])('of %s is %s', (text, resource) => expect(fault(text)).toBe(resource));

  it.each([
    ...['', 'example.com/a', '/a', 'ftp://example.com/', 'file:///etc/passwd', 'data:,x', 'javascript:1'],
    ...['https://user@example.com/', 'https://user:secret@example.com/', 'https://:secret@example.com/'],
    ...['https://example.com\\@evil.example/', 'https://example.com/a\\..\\b', 'https:\\\\example.com\\'],
    ...[
      'https://example.com/a//b',
      'https://example.com//',
      'https://example.com/%2e%2e/b',
      'https://example.com/%2E/b',
    ],
    ...[
      'https://example.com/a%2fb',
      'https://example.com/a%5Cb',
      'https://example.com/a%00',
      'https://exa%00mple.com/',
    ],
    ...[
      'https://example.com/a\nb',
      'https://exa\tmple.com/',
      ' https://example.com/',
      'https://example.com/a b',
    ],
    ...[
      'https://example.com/\u202Ea',
      'https://exam\u200Dple.com/',
      'https://example.com/*',
      'https://example.com/a/**',
    ],
    ...[
      'https://example.com:65536/',
      'https://1.2.3.4.5/',
      'https://256.1.1.1/',
      'https://exa mple.com/',
      'https://%2e/',
    ],
    ...[
      'https://a!b.example/',
      `https://example.com/${'a/'.repeat(70)}b`,
      `https://example.com/${'a'.repeat(1_024)}`,
    ],
  ])('is refused for %j', (text) => expect(fault(text)).toBe('InvalidInput'));

  it('names an IPv4 address in one way, however it is spelt', () => {
    fc.assert(
      fc.property(fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255)), (parts) => {
        const [a, b, c, d] = parts;
        const whole = ((a * 256 + b) * 256 + c) * 256 + d;
        const octal = parts.map((part) => `0${part.toString(8)}`).join('.');
        const spellings = [String(whole), `0x${whole.toString(16)}`, octal, `${a}.${b}.${c * 256 + d}`];
        for (const host of spellings) expect(fault(`http://${host}/`)).toBe(parts.join('.'));
      }),
    );
  });

  it('is refused, or is read the same from what it is sent as', () => {
    const part = fc.constantFrom(
      ...['a', '..', '.', '%2e', '%41', '//', '/', '\\', '@', ':', '?', '#', 'ü', '[', '*', ' ', '%', '.com'],
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
        const text = `https://a${parts.join('')}`;
        if (fault(text) === 'InvalidInput') return;
        const { resource, url } = readTarget(text);
        expect(readTarget(url.href)).toMatchObject({ resource });
        expect(resource).not.toMatch(/(?:^|\/)\.\.?(?:\/|$)|%2e|\\|\*/i);
      }),
    );
  });

  it('says nothing of credentials or the query in its refusal', () => {
    for (const text of ['https://user:hunter2@example.com/', 'https://example.com//?token=hunter2']) {
      expect(() => readTarget(text)).not.toThrow(/hunter2/);
      expect(() => readTarget(text)).toThrow();
    }
  });

  it('is asked for by method, host and path', () => {
    const target = readTarget('http://[::1]:8080/a?b');
    const amount = '9';
    const use = { action: 'http.put', resource: '[::1]:8080/a', host: '[::1]', amount };
    expect(useOf('put', target, 9)).toEqual(use);
    expect(privateUseOf(target)).toEqual({ action: 'http.private', resource: '[::1]:8080', host: '[::1]' });
  });
});
