import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { httpSession, KEY } from './http-session.ts';
import { echo, localServer } from './local-server.ts';
import type { LocalServer } from './local-server.ts';

let server: LocalServer;
let base: string;

beforeAll(async () => {
  server = await localServer(echo);
  base = `http://api.example:${server.port}`;
});
afterAll(() => server.close());

async function echoed(op: string, input: object = {}): Promise<Record<string, unknown>> {
  const { text } = await httpSession().call(op, { url: `${base}/a?b=c`, ...input });
  return JSON.parse(String(text)) as Record<string, unknown>;
}

describe('a request', () => {
  it('is sent with the method of its operation, to the path and query', async () => {
    for (const method of ['get', 'post', 'put', 'patch', 'delete']) {
      expect(await echoed(method)).toMatchObject({ method: method.toUpperCase(), url: '/a?b=c', body: '' });
    }
  });

  it('has an idempotency key where it changes something, the same for a repeated call', async () => {
    const keyOf = async (op: string, input = {}): Promise<unknown> =>
      (await echoed(op, input)).headers?.['idempotency-key' as never];
    expect(await keyOf('post')).toBe(KEY);
    expect(await keyOf('delete')).toBe(KEY);
    expect(await keyOf('get')).toBeUndefined();
    expect(await keyOf('put', { headers: { 'Idempotency-Key': 'mine' } })).toBe('mine');
  });

  it.each([
    ['text', 'hé', 'text/plain;charset=UTF-8', Buffer.from('hé')],
    ['bytes', new Uint8Array([0, 255]), 'application/octet-stream', Buffer.from([0, 255])],
    ['JSON', { json: { a: [1, null] } }, 'application/json', Buffer.from('{"a":[1,null]}')],
  ])('sends %s', async (_title, body, type, sent) => {
    expect(await echoed('post', { body })).toMatchObject({
      body: sent.toString('base64'),
      headers: { 'content-type': type, 'content-length': String(sent.length) },
    });
  });

  it('sends a blob', async () => {
    const session = httpSession();
    const bytes = Buffer.alloc(200_000, 7);
    const { hash } = await session.store(bytes);
    const answer = await session.call('put', { url: `${base}/`, body: { blob: hash } });
    const { body, headers } = JSON.parse((await session.blob(answer)).toString()) as {
      readonly body: string;
      readonly headers: object;
    };
    expect(Buffer.from(body, 'base64').equals(bytes)).toBe(true);
    expect(headers).toMatchObject({ 'content-length': '200000' });
  });

  it('sends the headers of its caller, the host with its port, and ends its connection', async () => {
    const given = { Accept: 'a/b', 'X-One': 'ü', via: '1.1 a', 'x-real-ip': '8.8.8.8' };
    const { headers } = await echoed('get', { headers: given });
    expect(headers).toMatchObject({
      ...{ accept: 'a/b', 'x-one': 'ü', 'user-agent': 'tksm', via: '1.1 a', 'x-real-ip': '8.8.8.8' },
      ...{ host: `api.example:${server.port}`, connection: 'close' },
    });
  });

  it.each([
    ['a name with a line end', { 'a\r\nb': 'x' }],
    ['a value with a line end', { a: 'x\r\nhost: evil.example' }],
    ['a value with a lone line feed', { a: 'x\ny' }],
    ['a value with a NUL', { a: 'x\0' }],
    ['letters that have no byte', { a: '\u{1F600}' }],
    ['an empty name', { '': 'x' }],
    ['a name with a colon', { ':authority': 'x' }],
    ['a host', { Host: 'evil.example' }],
    ['a length', { 'Content-Length': '0' }],
    ['a transfer encoding', { 'transfer-encoding': 'chunked' }],
    ['a connection', { connection: 'upgrade' }],
    ['an upgrade', { upgrade: 'websocket' }],
    ['a length to those who take one mark for another', { content_length: '0' }],
    ['another method', { 'X-HTTP-Method-Override': 'DELETE' }],
    ['another method in another mark', { x_http_method_override: 'DELETE' }],
    ['another method, shorter', { 'x-http-method': 'DELETE' }],
    ['another method, in other words', { 'X-Method-Override': 'DELETE' }],
    ['another path', { 'X-Original-URL': '/admin' }],
    ['another path, rewritten', { 'x-rewrite-url': '/admin' }],
    ['another path before it', { 'x-forwarded-prefix': '/admin' }],
    ['another host', { 'x-forwarded-host': 'evil.example' }],
    ['another host, as the standard has it', { forwarded: 'host=evil.example' }],
    ['one name twice', { Cookie: 'a', cookie: 'b' }],
    ['too many', Object.fromEntries(Array.from({ length: 65 }, (_, index) => [`x-${index}`, 'x']))],
    ['too long ones', { a: 'x'.repeat(16_384) }],
  ])('is refused before anything is sent when its headers have %s', async (_title, headers) => {
    const before = server.seen.length;
    const session = httpSession();
    expect(await session.failure('get', { url: `${base}/`, headers })).toBe('InvalidInput');
    expect(session.asked()).toEqual([]);
    expect(server.seen.length).toBe(before);
  });

  it.each([
    ['get', { body: 'x' }],
    ['head', { body: 'x' }],
    ['post', { body: { json: 1, blob: 'a'.repeat(64) } }],
    ['post', { body: { blob: '../x' } }],
    ['post', { body: { json: 1n } }],
    ['get', { timeoutMs: 0 }],
    ['get', { timeoutMs: 1e9 }],
    ['get', { maxBytes: -1 }],
    ['get', { redirect: 'sometimes' }],
    ['get', { method: 'POST' }],
    ['get', { url: 'https://user:secret@api.example/' }],
    ['get', { url: '' }],
    ['get', { url: 7 }],
  ])('is refused as %s with %o', async (op, input) => {
    expect(await httpSession().failure(op, { url: `${base}/`, ...input })).toBe('InvalidInput');
  });

  it.each([{ text: 'x' }, { json: 1, blob: 'a'.repeat(64) }, 7])(
    'says of the body %o what a body is',
    async (body) => {
      await expect(httpSession().call('post', { url: `${base}/`, body })).rejects.toThrow(
        'is not a text, bytes, {"json": VALUE} or {"blob": HASH}',
      );
    },
  );

  it('is refused for a blob that is not there', async () => {
    const input = { url: `${base}/`, body: { blob: 'a'.repeat(64) } };
    expect(await httpSession().failure('post', input)).toBe('BlobNotFound');
  });
});

describe('the right to a request', () => {
  const url = (): string => `${base}/a/b?secret`;

  it('is one on method, host and path', async () => {
    const session = httpSession();
    await session.call('get', { url: url() });
    const host = `api.example:${server.port}`;
    expect(session.asked()).toEqual([`http.get:${host}/a/b`, `http.private:${host}`]);
  });

  it.each(['http.put', 'http.private'])('is missing when %s is', async (missing) => {
    const before = server.seen.length;
    const session = httpSession({ allows: ({ action }) => action !== missing });
    expect(await session.failure('put', { url: url() })).toBe('CapabilityDenied');
    expect(server.seen.length).toBe(before);
  });

  it('is judged once for each connection: what the name says a moment later does not count', async () => {
    const other = await localServer(echo, '127.0.0.2');
    const answers = [['127.0.0.1'], ['127.0.0.2']];
    let calls = 0;
    const resolve = async (): Promise<readonly string[]> => answers[calls++] ?? [];
    await httpSession({ resolve }).call('get', { url: url() });
    await other.close();
    expect(calls).toBe(1);
    expect(other.seen).toEqual([]);
  });
});
