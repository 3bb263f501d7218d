import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { setVar, withSmallSegments } from './small-segments.ts';
import { E2E, errorOf, Place } from './tksm.ts';
import type { OnTestFinished } from './tksm.ts';

const VERIFIER = path.resolve(import.meta.dirname, '../../../tools/verify-log/src/main.ts');
const SETTINGS = JSON.stringify({ retentionKeep: 3, retentionKeepMs: 0, retentionKeepAtMost: 3 });
/** Each test starts some twenty processes one after the other. */
const MANY = { ...E2E, timeout: 240_000 };

interface Archived {
  readonly place: Place;
  /** First event that is still in the log. */
  readonly base: number;
  /** Of the state before anything was archived. */
  readonly digest: string;
}

/** A folder with a history of retired commands in many segments, most of which are then archived. */
async function archived(onTestFinished: OnTestFinished, ...to: string[]): Promise<Archived> {
  const place = new Place(onTestFinished);
  place.file('tksm.config.json', SETTINGS);
  await withSmallSegments(place, async (kernel) => {
    for (let n = 0; n < 120; n++) await setVar(kernel, n);
  });
  const digest = (await place.tksm('state', 'digest')).stdout.trim();
  const line = ['event', 'archive', '--before', '100', ...to];
  const planned = await place.json(...line, '--dry-run');
  const { segments, archived: isDone } = await place.json(...line, '--yes');
  expect(planned).toMatchObject({ segments, archived: false });
  expect(isDone).toBe(true);
  const moved = segments as { readonly end: number }[];
  expect(moved.length).toBeGreaterThan(3);
  return { place, base: moved.at(-1)?.end ?? 0, digest };
}

describe('event archive', MANY, () => {
  it('changes nothing of what can be asked, while the archive is in place', async ({ onTestFinished }) => {
    const { place, digest, base } = await archived(onTestFinished);
    expect(
      readdirSync(path.join(place.data, 'log'))
        .filter((name) => name.endsWith('.seg'))
        .sort()[0],
    ).toContain(`${base}`);
    expect((await place.tksm('replay', '--expect', digest)).code).toBe(0);
    expect((await place.tksm('event', 'show', '0')).stdout).toContain('zone.created');
    expect((await place.tksm('event', 'verify')).code).toBe(0);
    const key = (await place.tksm('event', 'checkpoint', '--key')).stdout.trim();
    for (const position of [base - 1, base + 1]) {
      const proof = await place.tksm('event', 'prove', `${position}`);
      const file = place.file('proof', proof.stdout);
      expect(spawnSync(process.execPath, [VERIFIER, 'proof', file, '--key', key]).status, proof.stderr).toBe(
        0,
      );
    }
    // All that is made anew from the log can still be made.
    for (const name of ['snapshots', 'index']) rmSync(path.join(place.data, name), { recursive: true });
    for (const name of ['frames', 'nodes']) rmSync(path.join(place.data, 'proofs', name));
    await withSmallSegments(place, async (kernel) => {
      const { position } = await setVar(kernel, 5);
      expect(position).toBeLessThan(base);
    });
    expect((await place.tksm('event', 'verify')).code).toBe(0);
    expect((await place.tksm('event', 'verify', '--data', path.join(place.data, 'archive'))).code).toBe(0);
    const again = await place.tksm('event', 'archive', '--before', '100', '--yes');
    expect(again).toMatchObject({ code: 0, stderr: expect.stringContaining('nothing to archive') });
  });

  it('leaves a zone that starts, looks, proves and knows its commands without the archive', async ({
    onTestFinished,
  }) => {
    const { place, digest, base } = await archived(onTestFinished);
    renameSync(path.join(place.data, 'archive'), path.join(place.folder, 'cold'));
    expect((await place.tksm('state', 'digest')).stdout.trim()).toBe(digest);
    expect(await place.json('replay')).toMatchObject({ digest, from: expect.any(Number) });
    expect((await place.tksm('job', 'ls')).code).toBe(0);
    for (const verb of ['ls', 'export'])
      expect((await place.tksm('event', verb)).stderr).toContain(`events before ${base} are archived`);
    const { events } = await place.json('event', 'ls');
    expect((events as { readonly position: number }[])[0]).toMatchObject({ position: base });
    for (const verb of ['show', 'prove']) {
      const gone = await place.tksm('event', verb, '3', '--json');
      expect({ code: gone.code, error: errorOf(gone) }, gone.stderr).toMatchObject({
        code: 3,
        error: { code: 'EventArchived', data: { first: base } },
      });
    }
    const key = (await place.tksm('event', 'checkpoint', '--key')).stdout.trim();
    const proof = place.file('proof', (await place.tksm('event', 'prove', `${base + 1}`)).stdout);
    expect(spawnSync(process.execPath, [VERIFIER, 'proof', proof, '--key', key]).status).toBe(0);
    const checkpoint = place.file('checkpoint', (await place.tksm('event', 'checkpoint')).stdout);
    const checked = spawnSync(process.execPath, [
      VERIFIER,
      'log',
      place.data,
      '--key',
      key,
      '--checkpoint',
      checkpoint,
    ]);
    expect(checked.status, String(checked.stderr)).toBe(0);
    const verified = await place.tksm('event', 'verify');
    expect(verified, verified.stderr).toMatchObject({ code: 0, stderr: expect.stringContaining(`${base}`) });
    await withSmallSegments(place, async (kernel) => {
      expect((await setVar(kernel, 5)).position).toBeLessThan(base);
      for (let n = 200; n < 220; n++) await setVar(kernel, n);
    });
    await withSmallSegments(place, async (kernel) => {
      expect((await setVar(kernel, 6)).position).toBeLessThan(base);
    });
    expect((await place.tksm('event', 'verify')).code).toBe(0);
    renameSync(path.join(place.folder, 'cold'), path.join(place.data, 'archive'));
    expect((await place.tksm('event', 'show', '0')).code).toBe(0);
    expect((await place.tksm('event', 'archive', '--before', '120', '--yes')).code).toBe(0);
    expect((await place.tksm('event', 'verify')).code).toBe(0);
  });

  it('refuses to start rather than run an old command again', async ({ onTestFinished }) => {
    const { place, base } = await archived(onTestFinished, '--to', 'cold');
    const index = path.join(place.data, 'index', 'jobs.db');
    const whole = readFileSync(index);
    const refused = { code: 'EventArchived', data: { first: base } };
    const open = (): Promise<void> =>
      withSmallSegments(place, async (kernel) => void (await setVar(kernel, 5)));
    for (const spoil of [() => writeFileSync(index, 'garbage'), () => rmSync(index, { force: true })]) {
      spoil();
      await expect(open()).rejects.toMatchObject(refused);
    }
    rmSync(path.dirname(index), { recursive: true });
    const missed = await place.tksm('event', 'verify');
    expect(missed).toMatchObject({ code: 8, stderr: expect.stringContaining('index/jobs.db') });
    mkdirSync(path.dirname(index));
    writeFileSync(index, whole);
    await open();
    rmSync(path.join(place.data, 'snapshots'), { recursive: true });
    await expect(open()).rejects.toMatchObject(refused);
    const verified = await place.tksm('event', 'verify');
    expect(verified).toMatchObject({ code: 8, stderr: expect.stringContaining('snapshot') });
    expect((await place.tksm('state', 'digest')).code).toBe(3);
    renameSync(path.join(place.folder, 'cold'), path.join(place.data, 'archive'));
    await open();
    expect((await place.tksm('event', 'verify')).code).toBe(0);
  });

  it('says what is wrong in BASE and in the archive', async ({ onTestFinished }) => {
    const { place } = await archived(onTestFinished);
    const [segment = ''] = readdirSync(path.join(place.data, 'archive', 'log')).filter((name) =>
      name.endsWith('.seg'),
    );
    for (const name of ['log/BASE', `archive/log/${segment}`]) {
      const file = path.join(place.data, name);
      const bytes = readFileSync(file);
      writeFileSync(file, bytes.with(20, (bytes[20] ?? 0) ^ 1));
      const found = await place.tksm('event', 'verify');
      expect(found, name).toMatchObject({ code: 8, stderr: expect.stringContaining(name) });
      writeFileSync(file, bytes);
    }
    rmSync(path.join(place.data, 'archive', 'log', segment));
    const found = await place.tksm('event', 'verify');
    expect(found).toMatchObject({ code: 8, stderr: expect.stringContaining(`archive/log/${segment}`) });
    expect((await place.tksm('var', 'set', 'still', '1')).code).toBe(0);
  });

  it('takes a time for a cut, and refuses what it cannot do', async ({ onTestFinished }) => {
    const place = new Place(onTestFinished);
    await withSmallSegments(place, async (kernel) => {
      for (let n = 0; n < 60; n++) await setVar(kernel, n);
      const busy = await place.tksm('event', 'archive', '--before', '40', '--yes', '--json');
      expect(errorOf(busy)).toMatchObject({ code: 'DataFolderLocked' });
    });
    const refused = async (...line: string[]): Promise<unknown> =>
      errorOf(await place.tksm('event', 'archive', ...line, '--json')).code;
    expect(await refused('--yes')).toBe('UsageError');
    expect(await refused('--before', '40')).toBe('UsageError');
    expect(await refused('--before', '1999-01-01', '--yes')).toBe('MomentBeforeLog');
    expect(await refused('--before', '40', '--to', place.data, '--yes')).toBe('ForeignZone');
    expect((await place.tksm('event', 'verify')).code).toBe(0);
    const { segments } = await place.json('event', 'archive', '--before', '-0s', '--yes');
    expect((segments as unknown[]).length).toBeGreaterThan(2);
    expect((await place.tksm('event', 'verify')).code).toBe(0);
  });
});
