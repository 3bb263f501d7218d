import { chmodSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { E2E, errorOf, Place, shellInput } from './tksm.ts';
import type { Ended, OnTestFinished } from './tksm.ts';

/** A place with a zone. */
async function withZone(onTestFinished: OnTestFinished): Promise<Place> {
  const place = new Place(onTestFinished);
  await place.json('var', 'set', 'first', '1');
  return place;
}

/** Mints a token of a place into a file there. */
async function mint(place: Place, name: string, ...flags: readonly string[]): Promise<string> {
  const ended = await place.tksm('token', 'mint', ...flags, '--out', name);
  expect(ended.code, ended.stderr).toBe(0);
  return path.join(place.folder, name);
}

const setVar = (place: Place, file: string, name: string, ...more: readonly string[]): Promise<Ended> =>
  place.tksm('var', 'set', name, '1', '--token-file', file, '--json', ...more);
const codeOf = (ended: Ended): unknown => (ended.code === 0 ? 0 : [ended.code, errorOf(ended)['code']]);

describe('tksm --token-file', E2E, () => {
  it('acts under the token, and a denial names the right that is missing', async ({ onTestFinished }) => {
    const place = await withZone(onTestFinished);
    const token = await mint(place, 'a.token', '--right', 'var.set:notes/*', '--right', 'job.submit:shell');
    expect(codeOf(await setVar(place, token, 'notes/a'))).toBe(0);
    const denied = await setVar(place, token, 'other');
    expect(denied.code).toBe(4);
    expect(errorOf(denied)).toMatchObject({ code: 'CapabilityDenied', data: { right: 'var.set:other' } });
    expect(denied.stderr + denied.stdout).not.toContain(place.read('a.token').slice(20, 60));
    const shell = ['job', 'submit', 'shell', '--input', shellInput('echo hello'), '--wait'];
    const ran = await place.start(shell, { env: { TKSM_TOKEN_FILE: token } }).ended;
    expect(ran, ran.stderr).toMatchObject({ code: 0, stdout: expect.stringContaining('hello') });
    const health = await place.tksm('health', '--token-file', token, '--json');
    expect(errorOf(health)).toMatchObject({ data: { right: 'health.get:zone' } });
    const events = await place.tksm('event', 'ls', '--token-file', token, '--json');
    expect(codeOf(events)).toEqual([2, 'UsageError']);
    expect(errorOf(events)['message']).toContain('reads the folder as its owner');
    expect(await place.json('token', 'ls')).toMatchObject({
      tokens: [{ rights: ['var.set:notes/*', 'job.submit:shell'] }],
      revoked: [],
    });
  });

  it('acts under it against the process that runs the folder, too', async ({ onTestFinished }) => {
    const place = await withZone(onTestFinished);
    const token = await mint(place, 'a.token', '--right', 'var.set:notes/*');
    const gate = place.gate();
    const holder = place.start([
      ...['job', 'submit', 'shell', '--wait', '--input', shellInput(`echo up > ${gate.file}; sleep 60`)],
    ]);
    await gate.passed();
    expect(codeOf(await setVar(place, token, 'notes/a'))).toBe(0);
    expect(codeOf(await setVar(place, token, 'other'))).toEqual([4, 'CapabilityDenied']);
    const cut = place.file('cut.token', place.read('a.token').trim().slice(0, -12));
    chmodSync(cut, 0o600);
    expect(codeOf(await setVar(place, cut, 'notes/a'))).toEqual([4, 'TokenInvalid']);
    expect(codeOf(await place.tksm('var', 'set', 'mine', '1', '--json'))).toBe(0);
    const revoked = await place.tksm('token', 'revoke', token, '--reason', 'lost');
    expect(revoked, revoked.stderr).toMatchObject({ code: 0 });
    expect(codeOf(await setVar(place, token, 'notes/a'))).toEqual([4, 'TokenRevoked']);
    holder.child.kill('SIGTERM');
    await holder.ended;
    expect(codeOf(await setVar(place, token, 'notes/a'))).toEqual([4, 'TokenRevoked']);
  });

  it('ends a job while it runs, when the token is revoked', async ({ onTestFinished }) => {
    const place = await withZone(onTestFinished);
    const token = await mint(place, 'a.token', '--right', 'job.submit:shell');
    const less = await place.tksm('token', 'attenuate', token, '--count', '5', '--out', 'less.token');
    expect(less.code, less.stderr).toBe(0);
    const gate = place.gate();
    const input = shellInput(`echo up > ${gate.file}; sleep 60`);
    const file = path.join(place.folder, 'less.token');
    const job = place.start([
      ...['job', 'submit', 'shell', '--wait', '--token-file', file, '--input', input, '--json'],
    ]);
    await gate.passed();
    expect((await place.tksm('token', 'revoke', token)).code).toBe(0);
    const ended = await job.ended;
    expect(codeOf(ended)).toEqual([4, 'CapabilityDenied']);
    const { jobs } = (await place.json('job', 'ls')) as { readonly jobs: readonly object[] };
    expect(jobs.at(-1)).toMatchObject({ status: 'failed' });
  });

  it('counts over processes and attenuations', async ({ onTestFinished }) => {
    const place = await withZone(onTestFinished);
    const token = await mint(place, 'a.token', '--right', 'var.set:n/*', '--count', '2');
    const narrow = ['--right', 'var.set:n/b', '--out', 'b.token'];
    await place.tksm('token', 'attenuate', token, ...narrow);
    const other = path.join(place.folder, 'b.token');
    expect(codeOf(await setVar(place, token, 'n/a'))).toBe(0);
    expect(codeOf(await setVar(place, other, 'n/a'))).toEqual([4, 'CapabilityDenied']);
    expect(codeOf(await setVar(place, other, 'n/b'))).toBe(0);
    for (const file of [token, other])
      expect(errorOf(await setVar(place, file, 'n/b'))).toMatchObject({ data: { caveat: 'count' } });
  });

  it('denies what expired, was forged, or is of another zone or of a key that was dropped', async ({
    onTestFinished,
  }) => {
    const place = await withZone(onTestFinished);
    const expired = await mint(place, 'late.token', '--right', 'var.*:**', '--expires', '0s');
    expect(codeOf(await setVar(place, expired, 'a'))).toEqual([4, 'TokenExpired']);
    const other = await withZone(onTestFinished);
    const foreign = await mint(other, 'foreign.token', '--right', 'var.*:**');
    expect(codeOf(await setVar(place, foreign, 'a'))).toEqual([4, 'TokenInvalid']);
    const good = await mint(place, 'good.token', '--right', 'var.*:**');
    const text = place.read('good.token').trim();
    const middle = text.length >> 1;
    const changed = text[middle] === 'A' ? 'B' : 'A';
    for (const forged of [
      text.slice(0, middle) + changed + text.slice(middle + 1),
      text.slice(4),
      text + text,
      'A'.repeat(9_000),
      '',
    ]) {
      const file = place.file('forged.token', forged);
      chmodSync(file, 0o600);
      expect((await setVar(place, file, 'a')).code).toBe(4);
    }
    expect(codeOf(await setVar(place, path.join(place.folder, 'none'), 'a'))).toEqual([3, 'FileNotFound']);
    expect(await place.json('token', 'rotate')).toEqual({ signs: 2, valid: [1, 2] });
    expect(codeOf(await setVar(place, good, 'a'))).toBe(0);
    expect(await place.json('token', 'rotate', '--drop', '1')).toEqual({ signs: 2, valid: [2] });
    expect(codeOf(await setVar(place, good, 'a'))).toEqual([4, 'TokenInvalid']);
    expect((await place.tksm('token', 'rotate', '--drop', '2')).code).not.toBe(0);
    expect((await place.json('var', 'get', 'a'))['value']).toBe('1');
  });

  it('warns when others can read the file; a link to one is as good as the file', async ({
    onTestFinished,
  }) => {
    const place = await withZone(onTestFinished);
    const token = await mint(place, 'a.token', '--right', 'var.set:a');
    const link = path.join(place.folder, 'link');
    symlinkSync(token, link);
    const quiet = await place.tksm('var', 'set', 'a', '1', '--token-file', link);
    expect(quiet, quiet.stderr).toMatchObject({ code: 0, stderr: expect.not.stringContaining('chmod') });
    chmodSync(token, 0o644);
    const warned = await place.tksm('var', 'set', 'a', '1', '--token-file', link);
    expect(warned).toMatchObject({ code: 0, stderr: expect.stringContaining('chmod 600') });
  });

  it('revokes by id what was never seen, and by the beginning of one that was', async ({
    onTestFinished,
  }) => {
    const place = await withZone(onTestFinished);
    const token = await mint(place, 'a.token', '--right', 'var.set:*');
    const { blocks } = (await place.json('token', 'inspect', token)) as {
      readonly blocks: readonly { readonly revocationId: string }[];
    };
    const id = blocks[0]?.revocationId ?? '';
    const begins = await place.tksm('token', 'revoke', id.slice(0, 16), '--json');
    expect(codeOf(begins)).toEqual([2, 'UsageError']);
    await setVar(place, token, 'a');
    expect(await place.json('token', 'revoke', id.slice(0, 16))).toEqual({ token: id, revoked: true });
    expect(codeOf(await setVar(place, token, 'a'))).toEqual([4, 'TokenRevoked']);
    expect(await place.json('token', 'revoke', id)).toEqual({ token: id, revoked: false });
    expect(await place.json('token', 'revoke', 'ab'.repeat(64))).toMatchObject({ revoked: true });
    const listed = await place.tksm('token', 'ls', '--plain');
    expect(
      listed.stdout
        .trim()
        .split('\n')
        .map((line) => line.split('\t')[1]),
    ).toEqual(['revoked', 'revoked']);
    const may = await mint(place, 'may.token', '--right', `token.revoke:${'cd'.repeat(64)}`);
    const revoke = (one: string) => place.tksm('token', 'revoke', one, '--token-file', may, '--json');
    expect(codeOf(await revoke('ef'.repeat(64)))).toEqual([4, 'CapabilityDenied']);
    expect(codeOf(await revoke('cd'.repeat(64)))).toBe(0);
  });
});
