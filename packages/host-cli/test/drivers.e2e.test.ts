import { mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { E2E, errorOf, Place } from './tksm.ts';

const call = (input: object): string[] => ['job', 'submit', 'driver.call', '--input', JSON.stringify(input)];

describe('tksm job submit driver.call', E2E, () => {
  it('reads what a token is for, and nothing beside it; the log says so', async ({ onTestFinished }) => {
    const place = new Place(onTestFinished);
    for (const folder of ['corp', 'corp-old']) mkdirSync(path.join(place.folder, folder));
    place.file('corp/a.txt', 'hello');
    place.file('corp-old/a.txt', 'old');
    symlinkSync('../corp-old/a.txt', path.join(place.folder, 'corp/link'));
    await place.tksm('var', 'set', 'first', '1');
    const right = `fs.read:${place.folder}/corp/**`;
    await place.tksm('token', 'mint', '--right', right, '--out', 'corp.token');
    const read = (file: string, ...flags: string[]) =>
      place.tksm(
        ...call({ driver: 'fs', op: 'read', path: path.join(place.folder, file) }),
        '--wait',
        ...flags,
      );
    const under = ['--token-file', 'corp.token'];
    expect(await read('corp/a.txt', ...under)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('hello'),
    });
    const beside = await read('corp-old/a.txt', ...under, '--json');
    expect([beside.code, errorOf(beside)['code']]).toEqual([4, 'CapabilityDenied']);
    expect(beside.stderr).toContain(`fs.read:${place.folder}/corp-old/a.txt`);
    expect((await read('corp/link', ...under)).stderr).toContain('PathRefused');
    expect((await read('data/FORMAT')).stderr).toContain('PathRefused');
    const { stdout } = await place.tksm('event', 'ls', '--type', 'capability.denied', '--json');
    expect(stdout).toContain('corp-old/a.txt');
  });

  it('keeps values under the driver kv, and calls no private host without the right', async ({
    onTestFinished,
  }) => {
    const place = new Place(onTestFinished);
    const kv = (op: string, more: object) =>
      place.json(...call({ driver: 'kv', op, ns: 'notes', key: 'a', ...more }), '--wait');
    await kv('put', { value: { x: 1 } });
    expect(await kv('get', {})).toMatchObject({ output: { value: { x: 1 } } });
    await place.tksm('token', 'mint', '--right', 'http.get:127.0.0.1/**', '--out', 'http.token');
    const url = 'http://127.0.0.1/';
    const refused = await place.tksm(
      ...call({ driver: 'http', op: 'get', url }),
      '--wait',
      '--token-file',
      'http.token',
    );
    expect(refused.stderr).toContain('http.private:127.0.0.1');
    expect(refused.code).toBe(1);
  });
});

describe('a family of operations', E2E, () => {
  it('is absent until it is asked for, and is performed at once', async ({ onTestFinished }) => {
    const place = new Place(onTestFinished);
    const mint = [
      'job',
      'submit',
      'finance.mint',
      '--input',
      '{"account":"ann","asset":"eur","amount":"10"}',
      '--json',
    ];
    const absent = await place.tksm(...mint);
    expect([absent.code, errorOf(absent)['code']]).toEqual([2, 'UnsupportedOperation']);
    expect(errorOf(absent)['next']).toContain('have finance in TKSM_FAMILIES');
    place.file('tksm.config.json', '{"families":"finance,users,finance"}');
    expect(await place.json(...mint.slice(0, -1))).toMatchObject({ output: { balance: '10' } });
    const user = await place.json('job', 'submit', 'users.create', '--input', '{"user":"ann"}', '--wait');
    expect(user).toHaveProperty('output');
  });
});
