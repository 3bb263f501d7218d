import { chmodSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { open, writeFile } from 'node:fs/promises';
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
  it('acts under the token, by a link, too; a denial names the missing right; warns when others can read it', async ({
    onTestFinished,
  }) => {
    const place = await withZone(onTestFinished);
    const token = await mint(place, 'a.token', '--right', 'var.set:notes/*', '--right', 'job.submit:sleep');
    const link = path.join(place.folder, 'link');
    symlinkSync(token, link);
    const set = await setVar(place, link, 'notes/a');
    expect(set, set.stderr).toMatchObject({ code: 0, stderr: expect.not.stringContaining('chmod') });
    chmodSync(token, 0o644);
    const denied = await setVar(place, link, 'other');
    expect(denied).toMatchObject({ code: 4, stderr: expect.stringContaining('chmod 600') });
    expect(errorOf(denied)).toMatchObject({ code: 'CapabilityDenied', data: { right: 'var.set:other' } });
    expect(denied.stderr + denied.stdout).not.toContain(place.read('a.token').slice(20, 60));
    const sleep = ['job', 'submit', 'sleep', '--input', '{"ms":1}', '--wait'];
    const ran = await place.start(sleep, { env: { TKSM_TOKEN_FILE: token } }).ended;
    expect(ran, ran.stderr).toMatchObject({ code: 0 });
    const health = await place.tksm('health', '--token-file', token, '--json');
    expect(errorOf(health)).toMatchObject({ data: { right: 'health.get:zone' } });
    const events = await place.tksm('event', 'ls', '--token-file', token, '--json');
    expect(codeOf(events)).toEqual([2, 'UsageError']);
    expect(errorOf(events)['message']).toContain('reads the folder as its owner');
    expect(await place.json('token', 'ls')).toMatchObject({
      tokens: [{ rights: ['var.set:notes/*', 'job.submit:sleep'] }],
      revoked: [],
    });
  });

  it('refuses what is asked of a job the same, whether it is there or not, and a revoked token first', async ({
    onTestFinished,
  }) => {
    const place = await withZone(onTestFinished);
    const theirs = await place.json('job', 'submit', 'shell', '--input', shellInput('true'));
    const ids = [String(theirs['job']), 'f'.repeat(32)];
    const token = await mint(place, 'a.token', '--right', 'job.submit:sleep');
    const ask = async (line: readonly string[]): Promise<unknown> =>
      codeOf(await place.tksm(...line, '--token-file', token, '--json'));
    const sleep = ['job', 'submit', 'sleep', '--input', '{"ms":1}', '--after'];
    for (const id of ids)
      for (const line of [
        [...sleep, id],
        ['job', 'cancel', id],
        ['inbox', 'send', id, '1'],
      ])
        expect(await ask(line), line[1]).toEqual([4, 'CapabilityDenied']);
    await place.tksm('token', 'revoke', token);
    expect(await ask(['job', 'watch', 'f'.repeat(32)])).toEqual([4, 'TokenRevoked']);
  });

  it('acts under it against who runs the folder, until it is revoked: then what runs by it ends', async ({
    onTestFinished,
  }) => {
    const place = await withZone(onTestFinished);
    place.file('trust.json', '{"rules":[{"kinds":["shell"],"admit":true}]}');
    place.file('tksm.config.json', '{"trustPolicy":"trust.json"}');
    const token = await mint(place, 'a.token', '--right', 'var.set:notes/*', '--right', 'job.submit:shell');
    await place.tksm('token', 'attenuate', token, '--count', '5', '--out', 'less.token');
    const less = path.join(place.folder, 'less.token');
    const gate = place.gate();
    const input = shellInput(`echo up > ${gate.file}; sleep 60`);
    const submit = ['job', 'submit', 'shell', '--wait', '--input', input, '--json'];
    const job = place.start([...submit, '--token-file', less]);
    await gate.passed();
    expect(codeOf(await setVar(place, token, 'notes/a'))).toBe(0);
    expect(codeOf(await setVar(place, token, 'other'))).toEqual([4, 'CapabilityDenied']);
    const cut = place.file('cut.token', place.read('a.token').trim().slice(0, -12));
    expect(codeOf(await setVar(place, cut, 'notes/a'))).toEqual([4, 'TokenInvalid']);
    const revoked = await place.tksm('token', 'revoke', token, '--reason', 'lost');
    expect(revoked, revoked.stderr).toMatchObject({ code: 0 });
    expect(codeOf(await job.ended)).toEqual([4, 'CapabilityDenied']);
    expect(codeOf(await setVar(place, less, 'notes/a'))).toEqual([4, 'TokenRevoked']);
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
    const expired = await mint(place, 'late.token', '--right', 'var.*:**', '--expires', '1ms');
    expect(codeOf(await setVar(place, expired, 'a'))).toEqual([4, 'TokenExpired']);
    const other = await withZone(onTestFinished);
    const foreign = await mint(other, 'foreign.token', '--right', 'var.*:**');
    expect(codeOf(await setVar(place, foreign, 'a'))).toEqual([4, 'TokenInvalid']);
    const good = await mint(place, 'good.token', '--right', 'var.*:**');
    const text = place.read('good.token').trim();
    const middle = text.length >> 1;
    const changed = text[middle] === 'A' ? 'B' : 'A';
    const forged = text.slice(0, middle) + changed + text.slice(middle + 1);
    expect((await setVar(place, place.file('forged', forged), 'a')).code).toBe(4);
    const long = await setVar(place, place.file('long', 'A'.repeat(9_000)), 'a');
    expect(codeOf(long)).toEqual([4, 'TokenTooLarge']);
    expect(await place.json('token', 'rotate')).toEqual({ signs: 2, valid: [1, 2] });
    expect(codeOf(await setVar(place, good, 'a'))).toBe(0);
    expect(await place.json('token', 'rotate', '--drop', '1')).toEqual({ signs: 2, valid: [2] });
    expect(codeOf(await setVar(place, good, 'a'))).toEqual([4, 'TokenInvalid']);
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
    const inspected = await place.tksm('token', 'inspect', token, '--json');
    expect(JSON.parse(inspected.stdout)).toMatchObject({
      verified: false,
      refused: { code: 'TokenRevoked' },
    });
    expect(inspected.code).toBe(4);
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

  it('reads a token that somebody writes to a pipe, and waits no longer than --timeout and signals', async ({
    onTestFinished,
  }) => {
    const place = await withZone(onTestFinished);
    const token = await mint(place, 'a.token', '--right', 'var.set:*', '--right', 'job.submit:shell');
    const pipe = place.gate().file;
    expect(codeOf(await setVar(place, pipe, 'a'))).toEqual([4, 'FileUnreadable']);
    const given = setVar(place, pipe, 'a');
    await writeFile(pipe, readFileSync(token));
    expect(codeOf(await given)).toBe(0);
    const under = ['bash', '-c', `exec "$@" --token-file <(cat '${token}')`, 'bash'];
    expect(await place.start(['var', 'set', 'b', '1'], { under }).ended).toMatchObject({ code: 0 });
    const inspected = place.start(['token', 'inspect', pipe]);
    // There is a reader when it is open.
    const silent = await open(pipe, 'w');
    inspected.child.kill('SIGTERM');
    expect(await inspected.ended).toMatchObject({ code: 143 });
    const endless = await open(pipe, 'r+');
    const submit = ['job', 'submit', 'shell', '--input', shellInput('true'), '--wait', '--timeout', '50ms'];
    const late = await place.tksm(...submit, '--token-file', pipe, '--json');
    expect(codeOf(late)).toEqual([7, 'Timeout']);
    await endless.close();
    await silent.close();
  });

  it('means the same as TKSM_TOKEN_FILE: no key is used under it, and agents act by it', async ({
    onTestFinished,
  }) => {
    const place = await withZone(onTestFinished);
    const token = await mint(place, 'a.token', '--right', 'fs.read:/corp/**');
    const env = { TKSM_TOKEN_FILE: token };
    const rotate = place.start(['token', 'rotate', '--json'], { env });
    expect(codeOf(await rotate.ended)).toEqual([2, 'UsageError']);
    expect(codeOf(await place.tksm('token', 'rotate', '--json', '--token-file', token))).toEqual([
      2,
      'UsageError',
    ]);
    expect(readdirSync(path.join(place.data, 'authority'))).toEqual(['root-1.key']);
    const spawn = ['agent', 'spawn', 'scout', '--right', 'job.submit:shell', '--json'];
    expect(codeOf(await place.start(spawn, { env }).ended)).toEqual([4, 'CapabilityDenied']);
    expect(codeOf(await place.tksm(...spawn, '--token-file', token))).toEqual([4, 'CapabilityDenied']);
    expect(codeOf(await setVar(place, '', 'a'))).toEqual([3, 'FileNotFound']);
  });
});
