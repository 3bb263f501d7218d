import { describe, expect, it } from 'vitest';
import { nextHop, redirection } from './hop.ts';
import type { Hop } from './hop.ts';
import { readTarget } from './target.ts';
import type { HttpMethod } from './target.ts';

const SECRETS = { authorization: 'x', cookie: 'x', 'proxy-authorization': 'x', 'x-api-key': 'x' };
const PLAIN = { accept: 'a', 'idempotency-key': 'k', 'content-type': 'text/plain' };

function hop(method: HttpMethod = 'get', url = 'https://a.example/x/y?q'): Hop {
  const headers = new Map(Object.entries({ ...SECRETS, ...PLAIN }));
  return { method, target: readTarget(url), headers, hasBody: method === 'post' || method === 'put' };
}

describe('the next hop', () => {
  it.each<[HttpMethod, number, HttpMethod]>([
    ['post', 301, 'get'],
    ['post', 302, 'get'],
    ['post', 303, 'get'],
    ['post', 307, 'post'],
    ['post', 308, 'post'],
    ['put', 301, 'put'],
    ['put', 303, 'get'],
    ['delete', 302, 'delete'],
    ['delete', 303, 'get'],
    ['head', 303, 'head'],
    ['get', 303, 'get'],
  ])('of a %s after %i is a %s', (method, status, becomes) => {
    const before = hop(method);
    const next = nextHop(before, status, '/z');
    expect(next.method).toBe(becomes);
    expect(next.hasBody).toBe(before.hasBody && method === becomes);
    expect(next.headers.has('content-type')).toBe(becomes !== 'get' || method === 'get');
    expect(next.headers.get('authorization')).toBe('x');
  });

  it.each([['https://b.example/'], ['https://a.example:8443/'], ['//sub.a.example/']])(
    'takes no secrets along to %s',
    (location) => {
      expect(Object.fromEntries(nextHop(hop(), 307, location).headers)).toEqual(PLAIN);
    },
  );

  it.each([
    ['../z?r#f', 'https://a.example/z?r'],
    ['//b.example', 'https://b.example/'],
    ['https://A.example:443/w', 'https://a.example/w'],
  ])('for %s is %s', (location, url) => {
    expect(nextHop(hop(), 302, location).target.url.href).toBe(url);
  });

  it('may lead from http to https', () => {
    expect(nextHop(hop('get', 'http://a.example/'), 301, 'https://a.example/').target.url.protocol).toBe(
      'https:',
    );
  });

  it.each([
    ...['http://a.example/', 'file:///etc/passwd', 'https://u:p@b.example/', 'https://', '\\\\b.example\\x'],
    ...[
      'https://b.example/%2e%2e/',
      '/a//b',
      'https://b.example/ x',
      'https://b.example/1, https://c.example/2',
    ],
  ])('is refused for %j', (location) => {
    expect(() => nextHop(hop(), 302, location)).toThrow(expect.objectContaining({ code: 'RedirectRefused' }));
  });

  it('is there only for a redirect with a location', () => {
    const statuses = [200, 201, 300, 301, 302, 303, 304, 305, 306, 307, 308, 400];
    expect(statuses.filter((status) => redirection(status, '/') !== undefined)).toEqual([
      301, 302, 303, 307, 308,
    ]);
    expect(redirection(302, undefined)).toBeUndefined();
  });
});
