import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import type { ErrorCode } from '@tksm/abstractions';
import { httpDriver } from '@tksm/drivers-http';
import { systemTimers } from '@tksm/drivers-system';
import { attackTable } from './attack-table.ts';
import type { Attack, Granted } from './attack-table.ts';
import { Scene } from './scene.ts';

/** Names and what is behind them; every other name is unknown. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  'front.example': ['127.0.0.1'],
  'inside.example': ['127.0.0.1'],
  localhost: ['127.0.0.1', '::1'],
  'x.front.example': ['127.0.0.1'],
  'front.example.evil': ['127.0.0.1'],
  'mixed.example': ['93.184.216.34', '127.0.0.1'],
  'mapped.example': ['::ffff:127.0.0.1'],
  'many.example': Array.from({ length: 65 }, () => '93.184.216.34'),
};
const BOMB = gzipSync(Buffer.alloc(10_000_000));

/** A server that may be called. It leads to what `?to=` says. */
const answerInFront: RequestListener = ({ url }, response) => {
  const { pathname, searchParams } = new URL(url ?? '/', 'http://front.example');
  const to = searchParams.get('to');
  if (to !== null) response.writeHead(Number(searchParams.get('status') ?? 302), { location: to });
  if (pathname === '/api/bomb') response.setHeader('content-encoding', 'gzip').write(BOMB);
  if (pathname === '/api/header') response.setHeader('x', 'a'.repeat(100_000));
  if (pathname === '/api/junk') response.socket?.end('SSH-2.0-OpenSSH\r\n');
  else if (pathname === '/api/smuggled')
    response.socket?.end('HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 9\r\n\r\nabcdefghi');
  else if (pathname === '/api/silent') response.write('and then nothing');
  else response.end('hello');
};

/** Where the servers of a scene are. */
const ports = { front: 0, inside: 0 };

/** The server in front, one that nobody may contact, and the driver that would. */
async function open(): Promise<Scene> {
  const contacts: string[] = [];
  const inside = createServer((request, response) => {
    contacts.push(`${request.method} ${request.headers.host} ${request.url}`);
    response.end('secret');
  });
  const front = createServer(answerInFront);
  for (const server of [inside, front]) {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  }
  ports.front = (front.address() as AddressInfo).port;
  ports.inside = (inside.address() as AddressInfo).port;
  const resolve = async (host: string): Promise<readonly string[]> => {
    const addresses = NAMES[host];
    if (addresses === undefined) throw Object.assign(new Error('unknown'), { code: 'ENOTFOUND' });
    return addresses;
  };
  const close = async (): Promise<void> => {
    for (const server of [inside, front]) {
      server.closeAllConnections();
      await new Promise((resolved) => server.close(resolved));
    }
  };
  const drivers = [httpDriver({ timers: systemTimers, resolve })];
  return await Scene.open({ drivers, look: () => [...contacts], close });
}

/** `FRONT` and `INSIDE` stand for ports, which are not known before. */
const placed = (text: string): string =>
  text.replaceAll('FRONT', String(ports.front)).replaceAll('INSIDE', String(ports.inside));

/** What may be done with the server in front. */
const FRONT = ['http.get:front.example:FRONT/api/**', 'http.private:front.example:FRONT'];
const API = 'http://front.example:FRONT/api';
const ANY = ['http.get:**', 'http.post:**'];

const asking = (
  name: string,
  url: string,
  code: ErrorCode,
  {
    rights = FRONT,
    op = 'get',
    ...input
  }: { rights?: readonly string[]; op?: string; [field: string]: unknown } = {},
): Attack => [
  name,
  async (scene) => {
    const handle = await scene.grant(rights.map(placed));
    return () => scene.call('http', op, { url: placed(url), timeoutMs: 5_000, ...input }, handle);
  },
  code,
];

const RIGHTS: readonly Attack[] = [
  asking('another host', 'http://inside.example:INSIDE/api', 'CapabilityDenied'),
  asking('another port', 'http://front.example:INSIDE/api', 'CapabilityDenied'),
  asking('a host below', 'http://x.front.example:FRONT/api', 'CapabilityDenied'),
  asking('a host whose name goes on', 'http://front.example.evil:INSIDE/api', 'CapabilityDenied'),
  asking('another method', API, 'CapabilityDenied', { op: 'post' }),
  asking('a path whose name goes on', 'http://front.example:FRONT/api-old', 'CapabilityDenied'),
  asking('the path above', 'http://front.example:FRONT/', 'CapabilityDenied'),
  asking('.. out of the path', `${API}/../secret`, 'CapabilityDenied'),
  asking('two slashes before the path', 'http://front.example:FRONT//api', 'InvalidInput'),
  asking('a path in upper case', 'http://front.example:FRONT/API', 'CapabilityDenied'),
  asking('a private address without the right to one', API, 'CapabilityDenied', { rights: ANY }),
  [
    'a host beside those that a caveat names',
    async (scene) => {
      const handle = await scene.grant(['http.*:**'], { hosts: ['front.example'] });
      return () => scene.call('http', 'get', { url: placed('http://inside.example:INSIDE/') }, handle);
    },
    'CapabilityDenied',
  ],
  [
    'a host below one that a caveat names',
    async (scene) => {
      const handle = await scene.grant(['http.*:**'], { hosts: ['front.example'] });
      return () => scene.call('http', 'get', { url: placed('http://x.front.example:INSIDE/') }, handle);
    },
    'CapabilityDenied',
  ],
];

const at = (host: string): Attack =>
  asking(host, `http://${host}:INSIDE/`, 'CapabilityDenied', { rights: ANY });
const ADDRESSES: readonly Attack[] = [
  ...['127.0.0.1', '127.1', '2130706433', '0177.0.0.1', '0x7f.1', '0x7f000001', '0.0.0.0', '127.0.0.1.'].map(
    at,
  ),
  ...[
    '[::1]',
    '[::]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[0:0:0:0:0:ffff:7f00:1]',
    '[64:ff9b::7f00:1]',
    '[fe80::1]',
    '[fd00::1]',
  ].map(at),
  ...[
    '169.254.169.254',
    '10.0.0.1',
    '192.168.0.1',
    '172.16.0.1',
    '100.64.0.1',
    '224.0.0.1',
    '255.255.255.255',
  ].map(at),
  ...[
    '\uff11\uff12\uff17.0.0.1',
    '\u2460\u2461\u2466.0.0.1',
    '127\u30020\u30020\u30021',
    'LOCALHOST',
    'localhost.',
  ].map(at),
  ...['inside.example', 'Inside.Example', 'mixed.example', 'mapped.example'].map(at),
  asking('a name with very many addresses', 'http://many.example:INSIDE/', 'Unreachable', { rights: ANY }),
  asking('a zone of an address', 'http://[fe80::1%25eth0]:INSIDE/', 'InvalidInput', { rights: ANY }),
];

const url = (text: string, code: ErrorCode = 'InvalidInput'): Attack =>
  asking(JSON.stringify(text.slice(0, 50)), text, code, { rights: ['http.*:**'] });
const URLS: readonly Attack[] = [
  ...[
    'file:///etc/passwd',
    'ftp://front.example/',
    'data:text/plain,x',
    'gopher://front.example/',
    'ws://front.example/',
    'javascript:1',
    'blob:http://front.example/',
  ].map((text) => url(text)),
  ...[
    '',
    '/api',
    '//front.example/api',
    'http://',
    'http:///',
    'http://:80/',
    'http://front.example:99999/',
    'http://fr ont.example/',
  ].map((text) => url(text)),
  ...[
    'http://user:word@inside.example:INSIDE/',
    'http://front.example:FRONT@inside.example:INSIDE/',
    'http://front.example%2f@inside.example:INSIDE/',
  ].map((text) => url(text)),
  ...[
    'http://front.example:FRONT\\@inside.example:INSIDE/',
    'http:\\\\inside.example:INSIDE\\',
    'http://front.example:FRONT/a\\..\\b',
  ].map((text) => url(text)),
  ...[
    '/api\r\nhost: inside.example',
    '/api HTTP/1.1\r\n\r\nGET /secret',
    '/api\n',
    '/a\tb',
    '/a\0b',
    '/a%00b',
    '/api/%2e%2e/secret',
    '/api/.%2E/secret',
    '/api%2fsecret',
    '/api%5csecret',
    '/\u202eipa',
    '/a\u200bb',
    '/a//b',
    '/*',
  ].map((path) => url(`http://front.example:FRONT${path}`)),
  url(`http://front.example:FRONT/${'a'.repeat(9_000)}`),
];

const headers = (name: string, given: Readonly<Record<string, string>>): Attack =>
  asking(name, API, 'InvalidInput', { headers: given });
const HEADERS: readonly Attack[] = [
  ...[
    'host',
    'Host',
    'content-length',
    'transfer-encoding',
    'connection',
    'upgrade',
    'te',
    'trailer',
    'expect',
    'keep-alive',
    'proxy-connection',
  ].map((name) => headers(name, { [name]: 'x' })),
  ...['x-http-method-override', 'X-Forwarded-Host', 'x-original-url'].map((name) =>
    headers(name, { [name]: 'x' }),
  ),
  headers('a line break in a value', { accept: 'a\r\nhost: inside.example' }),
  headers('a line feed in a value', { accept: 'a\nx: y' }),
  headers('NUL in a value', { accept: 'a\0b' }),
  headers('beyond Latin in a value', { accept: '\u560d\u560ax: y' }),
  headers('a line break in a name', { 'x\r\ny': 'a' }),
  headers('a colon in a name', { 'host: inside.example': 'a' }),
  headers('a blank in a name', { 'host ': 'a' }),
  headers('no name', { '': 'a' }),
  headers('a name twice', { accept: 'a', Accept: 'b' }),
  headers('very many', Object.fromEntries(Array.from({ length: 65 }, (_, n) => [`x-${n}`, 'a']))),
  headers('very long', { accept: 'a'.repeat(20_000) }),
  asking('a body with get', API, 'InvalidInput', { body: 'x' }),
];

const leading = (
  to: string,
  code: ErrorCode,
  more: { rights?: readonly string[]; [field: string]: unknown } = {},
  status = 302,
): Attack => [
  `${status} to ${JSON.stringify(to)}${more.rights === undefined ? '' : ', with the right to get it'}`,
  async (scene) => {
    const { rights = [], ...input } = more;
    const handle = await scene.grant(
      [...FRONT, 'http.post:front.example:FRONT/api/**', ...rights].map(placed),
    );
    const location = `${placed(API)}/moved?status=${status}&to=${encodeURIComponent(placed(to))}`;
    const op = 'body' in input ? 'post' : 'get';
    return () => scene.call('http', op, { url: location, timeoutMs: 5_000, ...input }, handle);
  },
  code,
];
const REDIRECTS: readonly Attack[] = [
  ...[
    'http://inside.example:INSIDE/',
    '//inside.example:INSIDE/',
    'http://127.0.0.1:INSIDE/',
    'http://2130706433:INSIDE/',
    'http://[::ffff:127.0.0.1]:INSIDE/',
    'http://169.254.169.254/latest/meta-data/',
    'http://front.example:INSIDE/',
    '/secret',
    '../secret',
    '/api/../secret',
  ].map((to) => leading(to, 'CapabilityDenied')),
  ...[
    'http://inside.example:INSIDE/',
    'http://127.0.0.1:INSIDE/',
    'http://[::1]:INSIDE/',
    'http://mixed.example:INSIDE/',
    'http://10.0.0.1/',
  ].map((to) => leading(to, 'CapabilityDenied', { rights: ['http.get:**'] })),
  ...[
    'file:///etc/passwd',
    'ftp://front.example/',
    'data:text/plain,x',
    'javascript:1',
    'http://user@inside.example:INSIDE/',
    'http://[',
    '/api/%2e%2e/secret',
    '/a\\b',
  ].map((to) => leading(to, 'RedirectRefused')),
  leading('/api/b', 'RedirectRefused', { redirect: 'error' }),
  ...[307, 308].map((status) =>
    leading('http://inside.example:INSIDE/', 'CapabilityDenied', { body: 'secret' }, status),
  ),
  ...[301, 303].map((status) =>
    leading('http://inside.example:INSIDE/', 'CapabilityDenied', { body: 'secret' }, status),
  ),
  [
    'in a circle',
    async (scene) => {
      const handle = await scene.grant(FRONT.map(placed));
      const more = Array.from({ length: 8 }).reduce<string>(
        (to) => `${placed(API)}/on?to=${encodeURIComponent(to)}`,
        '/api/x',
      );
      return () => scene.call('http', 'get', { url: more, timeoutMs: 5_000 }, handle);
    },
    'RedirectRefused',
  ],
];

const ANSWERS: readonly Attack[] = [
  asking('a bomb', `${API}/bomb`, 'PayloadTooLarge', { maxBytes: 100_000 }),
  asking('more than was asked for', `${API}/long`, 'PayloadTooLarge', { maxBytes: 2 }),
  asking('very long headers', `${API}/header`, 'ResponseInvalid'),
  asking('what is not HTTP', `${API}/junk`, 'ResponseInvalid'),
  asking('two lengths', `${API}/smuggled`, 'ResponseInvalid'),
  asking('no end', `${API}/silent`, 'TimedOut', { timeoutMs: 100 }),
];

const getting = (name: string, path: string): Granted => [
  name,
  async (scene) => {
    const handle = await scene.grant(FRONT.map(placed));
    return await scene.call('http', 'get', { url: placed(API + path), timeoutMs: 5_000 }, handle);
  },
];

attackTable(
  'an attack on the network',
  open,
  {
    'beside what is granted': RIGHTS,
    'at an address that is not public': ADDRESSES,
    'by a URL': URLS,
    'by headers': HEADERS,
    'by a redirect': REDIRECTS,
    'by an answer': ANSWERS,
  },
  [getting('get', ''), getting('get of a path below', '/a/b'), getting('a redirect', '/moved?to=/api/b')],
);
