import { createServer, get } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { httpSession } from './http-session.ts';
import { SELF_SIGNED } from './self-signed.ts';

const asked: string[] = [];
const server = createServer(SELF_SIGNED, (request, response) => {
  asked.push(request.url ?? '');
  response.end('hello');
});
let port: number;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ({ port } = server.address() as AddressInfo);
});
afterAll(() => new Promise((resolve) => server.close(resolve)));
afterEach(() => vi.unstubAllEnvs());

/** What a client of Node's own is answered. */
function statusElsewhere(): Promise<unknown> {
  return new Promise((resolve) => {
    get({ host: '127.0.0.1', port, path: '/elsewhere', agent: false }, (response) => {
      response.resume();
      response.once('end', () => resolve(response.statusCode));
    }).once('error', resolve);
  });
}

describe('a certificate', () => {
  it.each(['1', '0'])(
    'that nobody vouches for is refused, also with NODE_TLS_REJECT_UNAUTHORIZED=%s',
    async (value) => {
      vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', value);
      const call = httpSession().call('post', { url: `https://a.example:${port}/x`, body: 'secret' });
      await expect(call).rejects.toMatchObject({
        code: 'Unreachable',
        data: { reason: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
      });
      expect(asked).not.toContain('/x');
    },
  );

  it('would be taken by others then', async () => {
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    expect(await statusElsewhere()).toBe(200);
  });
});
