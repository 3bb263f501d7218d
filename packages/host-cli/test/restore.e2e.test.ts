import { writeFileSync } from 'node:fs';
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
    expect(errorOf(damaged)).toMatchObject({ code: 'SnapshotDamaged' });
  });
});
