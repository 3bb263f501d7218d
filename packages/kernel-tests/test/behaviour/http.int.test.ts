import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Value } from '@tksm/abstractions';
import { httpDriver } from '@tksm/drivers-http';
import { VirtualClock } from '@tksm/drivers-memory';
import { defineKind } from '@tksm/core';
import { codeOf, withKernel } from '@tksm/kernel-tests';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const seen: string[] = [];
const server = createServer((request, response) => {
  seen.push(`${request.headers.host?.split(':')[0]}${request.url}`);
  if (request.url === '/moved') response.writeHead(302, { location: `http://b.example:${portOf()}/x` });
  response.end('hello');
});
const portOf = (): number => (server.address() as AddressInfo).port;

const fetching = defineKind<{ readonly url: string }, Value>({
  name: 'fetching',
  run: (input, { call }) => call('http', 'get', input),
});

beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
afterAll(() => new Promise<void>((resolve) => server.close(() => resolve())));

describe('the driver http in a kernel', () => {
  it('contacts nobody before the log says as what it may', async () => {
    const drivers = [
      httpDriver({ timers: new VirtualClock(), resolve: () => Promise.resolve(['127.0.0.1']) }),
    ];
    await withKernel({ drivers, kinds: [fetching] }, async (test) => {
      const { kernel } = test;
      const a = `a.example:${portOf()}`;
      const rights = ['job.submit:fetching', `http.get:${a}/**`, 'http.private:*'];
      const handle = await kernel.derive({ rights, caveats: { hosts: ['a.example'] } }, kernel.operator);
      const get = async (url: string) =>
        test.outcome((await kernel.enqueue({ kind: fetching, input: { url } }, handle)).job);
      expect(await get(`http://${a}/x`)).toMatchObject({ status: 'succeeded', output: { status: 200 } });
      expect(await get(`http://${a}/moved`)).toMatchObject({
        error: { code: 'CapabilityDenied', data: { right: `http.get:b.example:${portOf()}/x` } },
      });
      expect(seen).toEqual(['a.example/x', 'a.example/moved']);
      const called = (await test.events()).flatMap(({ event }) =>
        event.type === 'driver.called'
          ? event.uses.map(({ action, resource }) => `${action}:${resource}`)
          : [],
      );
      expect(called).toEqual([
        `http.get:${a}/x`,
        `http.private:${a}`,
        `http.get:${a}/moved`,
        `http.private:${a}`,
      ]);
    })();
  });

  it('moves no more bytes than the amount of its handle, answers and bodies alike', async () => {
    const resolve = (): Promise<string[]> => Promise.resolve(['127.0.0.1']);
    await withKernel({ drivers: [httpDriver({ timers: new VirtualClock(), resolve })] }, async (test) => {
      const { kernel } = test;
      const rights = ['http.*:**'];
      const handle = await kernel.derive({ rights, caveats: { amount: '1000' } }, kernel.operator);
      const url = `http://a.example:${portOf()}/x`;
      const codeFor = (op: string, input: object) => {
        const command = { kind: 'driver.call', input: { driver: 'http', op, url, ...input } };
        return codeOf(kernel.enqueue(command, handle));
      };
      expect(await codeFor('get', {})).toBe('CapabilityDenied');
      expect(await codeFor('get', { maxBytes: 1_001 })).toBe('CapabilityDenied');
      expect(await codeFor('get', { maxBytes: 1_000 })).toBe('resolved');
      expect(await codeFor('post', { maxBytes: 9, body: 'x'.repeat(1_001) })).toBe('CapabilityDenied');
      expect(await codeFor('post', { maxBytes: 9, body: { json: 'x'.repeat(999) } })).toBe(
        'CapabilityDenied',
      );
      expect(await codeFor('post', { maxBytes: 9, body: 'x'.repeat(1_000) })).toBe('resolved');
    })();
  });
});
