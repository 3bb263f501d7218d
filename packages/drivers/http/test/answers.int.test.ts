import type { RequestListener } from 'node:http';
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { httpSession, loopback } from './http-session.ts';
import { localServer, rawServer } from './local-server.ts';
import type { LocalServer } from './local-server.ts';

const MIB = 1_048_576;
let server: LocalServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function serving(answer: RequestListener): Promise<string> {
  server = await localServer(answer);
  return `http://a.example:${server.port}/`;
}
async function servingRaw(text: string): Promise<string> {
  server = await rawServer(text);
  return `http://a.example:${server.port}/`;
}

describe('an answer', () => {
  it.each([
    ['text/plain', 'hé', { text: 'hé' }],
    ['application/json; charset=utf-8', '{}', { text: '{}' }],
    ['application/problem+json', '{}', { text: '{}' }],
    ['text/plain', Buffer.from([0xff]), { bytes: new Uint8Array([0xff]) }],
    ['image/png', 'x', { bytes: new Uint8Array([120]) }],
    ['', '', { bytes: new Uint8Array() }],
  ])('of %j is told as what it is', async (type, body, told) => {
    const url = await serving((_request, response) => {
      if (type !== '') response.setHeader('content-type', type);
      response.writeHead(418).end(body);
    });
    expect(await httpSession().call('get', { url })).toMatchObject({ status: 418, url, ...told });
  });

  it('that does not fit into an output is a blob', async () => {
    const sizes = [60_000, 65_536, 65_537, 3 * MIB];
    const url = await serving((request, response) => {
      response.setHeader('content-type', 'text/plain').end('x'.repeat(Number(request.url?.slice(2))));
    });
    const session = httpSession();
    const told = await Promise.all(sizes.map((size) => session.call('get', { url: `${url}?${size}` })));
    expect(
      told.map((output) => ('blob' in output ? (output.blob as { size: number }).size : 'inline')),
    ).toEqual(['inline', ...sizes.slice(1)]);
    expect((await session.blob(told[3] ?? {})).toString()).toBe('x'.repeat(3 * MIB));
  });

  it.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
    ['zstd', zstdCompressSync],
  ])('in %s is decoded', async (encoding, encode) => {
    const url = await serving((_request, response) => {
      response
        .writeHead(200, { 'content-encoding': encoding, 'content-type': 'text/plain' })
        .end(encode('hello'));
    });
    const { text, headers } = await httpSession().call('get', { url });
    expect(text).toBe('hello');
    expect(headers).not.toHaveProperty('content-encoding');
    expect(headers).not.toHaveProperty('content-length');
  });

  it('without a body is none, whatever its encoding', async () => {
    const url = await serving((_request, response) =>
      response.writeHead(204, { 'content-encoding': 'gzip' }).end(),
    );
    expect(await httpSession().call('get', { url })).toMatchObject({ status: 204, bytes: new Uint8Array() });
    const head = await httpSession().call('head', { url });
    expect(Object.keys(head).toSorted()).toEqual(['headers', 'status', 'url']);
  });

  it('in an encoding that is not known stays as it is', async () => {
    const url = await serving((_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip, gzip' }).end('abc');
    });
    expect(await httpSession().call('get', { url })).toMatchObject({
      headers: { 'content-encoding': 'gzip, gzip' },
    });
  });

  it('keeps only headers that are stored as what they are', async () => {
    const lines = ['$bytes: AA==', '__proto__: x', 'X-One: 1', 'x-one: 2', 'Set-Cookie: a', 'set-cookie: b'];
    const url = await servingRaw(`HTTP/1.1 200 OK\r\n${lines.join('\r\n')}\r\ncontent-length: 0\r\n\r\n`);
    const { headers } = await httpSession().call('get', { url });
    expect(headers).toEqual({ 'x-one': '1, 2', 'set-cookie': 'a\nb', 'content-length': '0' });
  });
});

describe('an answer is refused', () => {
  it.each([
    ['that says so', { 'content-length': '1025' }],
    ['that does not', { 'transfer-encoding': 'chunked' }],
  ])('when it has more bytes than the call allows, and %s', async (_title, headers) => {
    const url = await serving((_request, response) =>
      response.writeHead(200, headers).end('x'.repeat(1_025)),
    );
    expect(await httpSession().failure('get', { url, maxBytes: 1_024 })).toBe('PayloadTooLarge');
    expect(await httpSession().call('get', { url, maxBytes: 1_025 })).toMatchObject({ status: 200 });
  });

  it.each([
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
  ])('when a small %s becomes a large text', async (encoding, encode) => {
    const bomb = encode(Buffer.alloc(17 * MIB));
    const url = await serving((_request, response) =>
      response.writeHead(200, { 'content-encoding': encoding }).end(bomb),
    );
    expect(bomb.length).toBeLessThan(MIB / 8);
    expect(await httpSession().failure('get', { url, maxBytes: MIB })).toBe('PayloadTooLarge');
    expect(await httpSession().failure('get', { url })).toBe('PayloadTooLarge');
  });

  it.each([
    ['cannot be decoded', 'HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 3\r\n\r\nabc'],
    ['has too long headers', `HTTP/1.1 200 OK\r\nx: ${'x'.repeat(20_000)}\r\ncontent-length: 0\r\n\r\n`],
    ['is no HTTP', 'SSH-2.0-OpenSSH_9.9\r\n'],
    ['has a length twice', 'HTTP/1.1 200 OK\r\ncontent-length: 3\r\ncontent-length: 4\r\n\r\nabcd'],
    ['has a status below 100', 'HTTP/1.1 099 OK\r\ncontent-length: 3\r\n\r\nabc'],
    ['changes to another protocol', 'HTTP/1.1 101 X\r\nconnection: upgrade\r\nupgrade: x\r\n\r\nabc'],
    ['changes to another protocol, and does not say which', 'HTTP/1.1 101 X\r\n\r\nabc'],
    [
      'goes on when nobody waits',
      'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n',
    ],
    ['has a header with a lone line feed', 'HTTP/1.1 200 OK\r\nx\n: 1\r\ncontent-length: 0\r\n\r\n'],
  ])('when it %s', async (_title, text) => {
    const url = await servingRaw(text);
    expect(await httpSession().failure('get', { url })).toBe('ResponseInvalid');
  });

  const text = 'hello '.repeat(20_000);
  describe.each([
    ['gzip', gzipSync(text)],
    ['deflate', deflateSync(text)],
    ['br', brotliCompressSync(text)],
    ['zstd', zstdCompressSync(text)],
  ])('when its %s', (encoding, good) => {
    const failure = async (...chunks: readonly Uint8Array[]): Promise<string> => {
      const url = await serving((_request, response) => {
        response.writeHead(200, { 'content-encoding': encoding });
        for (const chunk of chunks) response.write(chunk);
        response.end();
      });
      return httpSession().failure('get', { url });
    };

    it.each([
      ['is none', [Buffer.from('\xff\xff\xff\xffgarbage', 'latin1')]],
      ['has only its first byte', [good.subarray(0, 1)]],
      ['lacks its last byte', [good.subarray(0, -1)]],
      ['has garbage after it', [Buffer.concat([good, Buffer.from('zzzz')])]],
      ['has much after it', [good, Buffer.alloc(MIB), Buffer.alloc(MIB)]],
      ['is nothing, and something after it', [deflateSync(''), Buffer.from('hello')]],
    ])('%s', async (_title, chunks) => expect(await failure(...chunks)).toBe('ResponseInvalid'));

    it('loses its connection it is unreachable', async () => {
      const headers = `HTTP/1.1 200 OK\r\ncontent-encoding: ${encoding}\r\ncontent-length: 999\r\n\r\n`;
      const url = await servingRaw(headers + good.subarray(0, 20).toString('latin1'));
      expect(await httpSession().failure('get', { url })).toBe('Unreachable');
    });
  });

  it.each([
    ['it ends early', 'HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc'],
    ['there is none', ''],
  ])('when %s', async (_title, text) => {
    const url = await servingRaw(text);
    expect(await httpSession().failure('get', { url })).toBe('Unreachable');
  });

  it('when nobody listens, or the name has no address', async () => {
    const url = await serving(() => {});
    await server?.close();
    expect(await httpSession().failure('get', { url })).toBe('Unreachable');
    const resolve = (): Promise<never> =>
      Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' }));
    expect(await httpSession({ resolve }).failure('get', { url })).toBe('Unreachable');
    server = undefined;
  });
});

describe('a call', () => {
  it.each([
    ['no answer', () => {}],
    ['an answer that never ends', (_request, response) => response.writeHead(200).write('x')],
    [
      'a redirect, and then no answer',
      (request, response) => {
        if (request.url === '/') response.writeHead(302, { location: '/x' }).end();
      },
    ],
  ] satisfies [string, RequestListener][])('ends in its time with %s', async (_title, answer) => {
    const { promise: asked, resolve } = Promise.withResolvers<true>();
    const url = await serving((request, response) => {
      answer(request, response);
      if (!response.writableEnded) resolve(true);
    });
    const session = httpSession();
    const failure = session.failure('get', { url, timeoutMs: 5_000 });
    await asked;
    await session.clock.advanceBy(5_000);
    expect(await failure).toBe('TimedOut');
  });

  it('ends in its time while a name is looked up', async () => {
    const { promise: asked, resolve: named } = Promise.withResolvers<true>();
    const resolve = (): Promise<never> => {
      named(true);
      return new Promise(() => {});
    };
    const session = httpSession({ resolve });
    const failure = session.failure('get', { url: 'http://a.example/' });
    await asked;
    await session.clock.advanceBy(30_000);
    expect(await failure).toBe('TimedOut');
  });

  it('ends with the reason of its signal, and its connection with it', async () => {
    const { promise: ended, resolve: end } = Promise.withResolvers<true>();
    const { promise: asked, resolve } = Promise.withResolvers<true>();
    const url = await serving((_request, response) => {
      response.writeHead(200).write('x'.repeat(MIB));
      response.once('close', () => end(true));
      resolve(true);
    });
    const controller = new AbortController();
    const session = httpSession({ signal: controller.signal });
    const failure = session.failure('get', { url });
    await asked;
    controller.abort(new Error('cancelled'));
    expect(await failure).toBe('Error: cancelled');
    await ended;
  });

  it('reaches the machine by its own name only with the right to private addresses', async () => {
    const url = await serving((_request, response) => response.end('x'));
    const local = url.replace('a.example', 'localhost');
    const session = httpSession({ resolve: loopback, allows: ({ action }) => action !== 'http.private' });
    expect(await session.failure('get', { url: local })).toBe('CapabilityDenied');
    expect(await httpSession().call('get', { url: local })).toMatchObject({ status: 200 });
  });
});
