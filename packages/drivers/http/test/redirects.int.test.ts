import type { RequestListener } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { httpSession } from './http-session.ts';
import { echo, localServer } from './local-server.ts';
import type { LocalServer } from './local-server.ts';

let server: LocalServer;
let base: string;
let other: string;

/** `/to/STATUS?URL` leads there; everything else echoes. */
const answer: RequestListener = (request, response) => {
  const [, status, to = ''] = /^\/to\/(\d+)\?(.*)$/.exec(request.url ?? '') ?? [];
  if (status === undefined) return echo(request, response);
  response.writeHead(Number(status), { location: decodeURIComponent(to) }).end('moved');
};
const to = (url: string, status = 302): string => `${base}/to/${status}?${encodeURIComponent(url)}`;

beforeAll(async () => {
  server = await localServer(answer);
  base = `http://a.example:${server.port}`;
  other = `http://b.example:${server.port}`;
});
afterAll(() => server.close());

const told = (output: { readonly text?: unknown }): Record<string, unknown> =>
  JSON.parse(String(output.text)) as Record<string, unknown>;

describe('a redirect', () => {
  it('is followed under a right of its own', async () => {
    const session = httpSession();
    const output = await session.call('get', { url: to('../x?y') });
    expect(output).toMatchObject({ status: 200, url: `${base}/x` });
    expect(told(output)).toMatchObject({ url: '/x?y' });
    const host = `a.example:${server.port}`;
    expect(session.asked().filter((right) => !right.startsWith('http.private'))).toEqual([
      `http.get:${host}/to/302`,
      `http.get:${host}/x`,
    ]);
  });

  it('to a host that may not be called is denied before it is contacted or named', async () => {
    const before = server.seen.length;
    const named: string[] = [];
    const session = httpSession({
      allows: ({ host }) => host === 'a.example',
      resolve: async (host) => {
        named.push(host);
        return ['127.0.0.1'];
      },
    });
    expect(await session.failure('get', { url: to(`${other}/x`) })).toBe('CapabilityDenied');
    expect(session.asked().at(-1)).toBe(`http.get:b.example:${server.port}/x`);
    expect(named).toEqual(['a.example']);
    expect(server.seen.length).toBe(before + 1);
  });

  it.each(['b.example', '127.0.0.1', '127.1', '[::ffff:127.0.0.1]', '0x7f000001'])(
    'to the private address of %s is denied',
    async (host) => {
      const before = server.seen.length;
      const allows = ({ action, resource }: { action: string; resource: string }): boolean =>
        action !== 'http.private' || resource.startsWith('a.example');
      const session = httpSession({ allows });
      const url = to(`http://${host}:${server.port}/x`);
      expect(await session.failure('get', { url })).toBe('CapabilityDenied');
      expect(session.asked().at(-1)).toMatch(/^http\.private:/);
      expect(server.seen.length).toBe(before + 1);
    },
  );

  it('as another method needs the right to that one', async () => {
    const session = httpSession({ allows: ({ action }) => action !== 'http.get' });
    const url = to('/x', 303);
    expect(await session.failure('post', { url, body: 'x' })).toBe('CapabilityDenied');
    expect(told(await session.call('post', { url: to('/x', 307), body: 'x' }))).toMatchObject({
      method: 'POST',
    });
  });

  it('takes the body along where it is to', async () => {
    const { call, store } = httpSession();
    const { hash } = await store(Buffer.from('hello'));
    for (const body of ['hello', { blob: hash }]) {
      const kept = told(await call('post', { url: to(`${other}/x`, 308), body }));
      expect(kept).toMatchObject({ method: 'POST', body: Buffer.from('hello').toString('base64') });
      const dropped = told(await call('post', { url: to('/x', 302), body }));
      expect(dropped).toMatchObject({ method: 'GET', body: '' });
      expect(dropped.headers).not.toHaveProperty('content-type');
    }
  });

  it('to another origin takes no secrets along', async () => {
    const headers = { authorization: 's', cookie: 's', 'x-api-key': 's', accept: 'a/b' };
    const { call } = httpSession();
    const across = told(await call('get', { url: to(`${other}/x`), headers }));
    expect(across.headers).toMatchObject({ accept: 'a/b', host: `b.example:${server.port}` });
    for (const name of ['authorization', 'cookie', 'x-api-key'])
      expect(across.headers).not.toHaveProperty(name);
    expect(told(await call('get', { url: to('/x'), headers })).headers).toMatchObject(headers);
  });

  it('says nothing of the query and the fragment that it leads to', async () => {
    const output = await httpSession().call('get', { url: to(`${other}/x?token=hunter2#hunter3`) });
    const { text, ...rest } = output;
    expect(text).toMatch(/hunter2/);
    expect(rest).toMatchObject({ url: `${other}/x` });
    expect(JSON.stringify(rest)).not.toMatch(/hunter/);
  });

  it('is the answer, or an error, for those who want it so', async () => {
    const session = httpSession();
    const output = await session.call('get', { url: to('/x'), redirect: 'manual' });
    expect(output).toMatchObject({ status: 302, headers: { location: '/x' } });
    expect(await session.failure('get', { url: to('/x'), redirect: 'error' })).toBe('RedirectRefused');
  });

  it('in a loop is refused after five', async () => {
    const before = server.seen.length;
    const loop = await localServer((_request, response) => {
      response.writeHead(302, { location: '/again' }).end();
    });
    expect(await httpSession().failure('get', { url: `http://a.example:${loop.port}/` })).toBe(
      'RedirectRefused',
    );
    await loop.close();
    expect(loop.seen.length).toBe(6);
    expect(server.seen.length).toBe(before);
  });

  it.each([
    'file:///etc/passwd',
    'https://u:p@b.example/',
    '/a//b',
    '/%2e%2e/x',
    'http://',
    'gopher://b.example/',
  ])('to %s is refused', async (location) => {
    expect(await httpSession().failure('get', { url: to(location) })).toBe('RedirectRefused');
  });
});
