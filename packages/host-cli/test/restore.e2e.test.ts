import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { E2E, errorOf, Place, shellInput } from './tksm.ts';

describe('tksm state restore', E2E, () => {
  it('begins a new folder with the state of a file, and goes on from there', async ({ onTestFinished }) => {
    const place = new Place(onTestFinished);
    await place.tksm('var', 'set', 'kept', 'yes');
    const queued = await place.json('job', 'submit', 'shell', '-i', shellInput('echo later'), '--id', 'once');
    const file = path.join(place.folder, 'state.snap');
    const digest = (await place.tksm('state', 'snapshot', file)).stdout;
    const data = path.join(place.folder, 'restored');
    const there = ['--data', data];
    expect(await place.tksm('state', 'restore', file, ...there)).toMatchObject({ code: 0, stdout: digest });
    expect((await place.tksm('state', 'digest', ...there)).stdout).toBe(digest);
    expect((await place.tksm('event', 'verify', ...there)).code).toBe(0);
    expect((await place.tksm('var', 'get', 'kept', ...there)).stdout).toBe('yes\n');
    const again = [
      'job',
      'submit',
      'shell',
      '-i',
      shellInput('echo later'),
      '--id',
      'once',
      '--wait',
      ...there,
    ];
    expect(await place.tksm(...again)).toMatchObject({ code: 0, stdout: 'later\n' });
    expect(await place.json('job', 'show', String(queued.job), ...there)).toMatchObject({
      job: { status: 'succeeded' },
    });
    expect((await place.tksm('event', 'verify', ...there)).code).toBe(0);
    expect((await place.tksm('state', 'restore', file, ...there)).code).toBe(2);
    writeFileSync(file, 'no snapshot');
    const damaged = await place.tksm('state', 'restore', file, '--data', `${data}-2`, '--json');
    expect(damaged.code).toBe(8);
    expect(errorOf(damaged)).toMatchObject({
      ...{ code: 'SnapshotDamaged', next: expect.stringContaining('another copy') },
    });
  });

  it('says where older events are, and what is to be copied', async ({ onTestFinished }) => {
    const place = new Place(onTestFinished);
    await place.tksm('var', 'set', 'kept', 'yes');
    const file = path.join(place.folder, 'state.snap');
    const there = ['--data', path.join(place.folder, 'restored')];
    await place.tksm('state', 'snapshot', file);
    const restored = await place.tksm('state', 'restore', file, ...there);
    for (const folder of ['blobs/', 'vault/', 'authority/']) expect(restored.stderr).toContain(folder);
    for (const line of [
      ['audit', '0'],
      ['event', 'show', '0'],
    ]) {
      const refused = await place.tksm(...line, ...there, '--json');
      expect({ code: refused.code, error: errorOf(refused) }, line[0]).toMatchObject({
        code: 3,
        error: {
          code: 'EventArchived',
          message: expect.not.stringContaining('archived'),
          next: expect.stringContaining('restored from a snapshot'),
        },
      });
    }
  });

  it('brings back what had retired, and is refused without it', async ({ onTestFinished }) => {
    const place = new Place(onTestFinished);
    const settings = { retentionKeep: 1, retentionKeepMs: 0, retentionKeepAtMost: 1 };
    place.file('tksm.config.json', JSON.stringify(settings));
    const [runs, file] = ['runs', 'state.snap'].map((name) => path.join(place.folder, name)) as [
      string,
      string,
    ];
    const submit = async (n: number, ...flags: string[]): Promise<string> => {
      const line = ['job', 'submit', 'shell', '-i', shellInput(`echo ${n} >> ${runs}`), '--id', `job-${n}`];
      return String((await place.json(...line, '--wait', ...flags)).job);
    };
    const first = await submit(0);
    for (const n of [1, 2]) await submit(n);
    const there = ['--data', path.join(place.folder, 'restored')];

    rmSync(path.join(place.data, 'index'), { recursive: true });
    expect((await place.tksm('state', 'snapshot', file)).stderr).toMatch(
      /cannot be restored: index\/jobs\.db/,
    );
    const refused = await place.tksm('state', 'restore', file, ...there, '--json');
    expect({ code: refused.code, error: errorOf(refused) }).toMatchObject({
      code: 3,
      error: { code: 'EventArchived', next: expect.stringContaining('start its zone once') },
    });
    expect(await submit(0)).toBe(first);

    const digest = (await place.tksm('state', 'snapshot', file)).stdout;
    expect(await place.tksm('state', 'restore', file, ...there)).toMatchObject({ code: 0, stdout: digest });
    const list = ['job', 'ls', '--retired', '--plain'];
    expect((await place.tksm(...list, ...there)).stdout).toBe((await place.tksm(...list)).stdout);
    expect(await submit(0, ...there)).toBe(first);
    expect((await place.json('job', 'show', first, ...there))['job']).toMatchObject({ retired: true });
    await submit(9, ...there);
    expect(readFileSync(runs, 'utf8')).toBe('0\n1\n2\n9\n');
    expect((await place.tksm('event', 'verify', ...there)).code).toBe(0);
  });

  it('leaves a folder that signs no checkpoint, for it lacks the frames before', async ({
    onTestFinished,
  }) => {
    const place = new Place(onTestFinished);
    await place.tksm('var', 'set', 'kept', 'yes');
    const file = path.join(place.folder, 'state.snap');
    const there = ['--data', path.join(place.folder, 'restored')];
    await place.tksm('state', 'snapshot', file);
    await place.tksm('state', 'restore', file, ...there);
    const expectRefused = async (): Promise<void> => {
      const refused = await place.tksm('event', 'checkpoint', ...there, '--json');
      expect({ code: refused.code, error: errorOf(refused) }).toMatchObject({
        code: 3,
        error: { code: 'EventArchived', next: expect.stringContaining('the folder that it comes from') },
      });
    };
    await expectRefused();
    await place.tksm('var', 'set', 'kept', 'still', ...there);
    await expectRefused();
    expect((await place.tksm('event', 'verify', ...there)).code).toBe(0);
  });
});
