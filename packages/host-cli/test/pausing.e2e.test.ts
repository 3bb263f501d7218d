import { describe, expect, it } from 'vitest';
import { E2E, errorOf, Place, shellInput } from './tksm.ts';

async function submitted(place: Place, ...flags: string[]): Promise<string> {
  const { job } = await place.json(
    'job',
    'submit',
    'shell',
    '--input',
    shellInput('echo ran >> ran'),
    ...flags,
  );
  return String(job);
}

describe('tksm job pause and resume', E2E, () => {
  it('hold a kind and a pool back, say why, and let them go on', async ({ onTestFinished }) => {
    const place = new Place(onTestFinished);
    const job = await submitted(place, '--pool', 'slow');
    await place.tksm('job', 'pause', '--kind', 'shell', '--reason', 'the disk is full');
    await place.tksm('job', 'pause', '--pool', 'slow');
    const other = await submitted(place);
    expect((await place.tksm('job', 'watch', other, '--timeout', '2s')).code).not.toBe(0);
    expect(() => place.read('ran')).toThrow();
    const why = ['kind shell is paused: the disk is full', 'pool slow is paused'];
    expect(await place.json('job', 'show', job)).toMatchObject({
      job: { status: 'queued' },
      heldBack: why,
    });
    const shown = (await place.tksm('job', 'show', job)).stdout;
    for (const reason of why) expect(shown).toContain(reason);
    expect((await place.tksm('health')).stdout).toContain('kind shell: the disk is full; pool slow');
    await place.tksm('job', 'resume', '--kind', 'shell');
    expect((await place.tksm('job', 'watch', other)).code).toBe(0);
    expect(await place.json('job', 'resume', '--pool', 'slow')).toEqual({ pool: 'slow', resumed: true });
    expect((await place.tksm('job', 'watch', job)).code).toBe(0);
    expect(place.read('ran')).toBe('ran\nran\n');
  });

  it('hold a single job, and refuse what makes no sense', async ({ onTestFinished }) => {
    const place = new Place(onTestFinished);
    const job = await submitted(place);
    const other = await submitted(place);
    await place.tksm('job', 'pause', job, '--reason', 'to look at it');
    expect((await place.tksm('job', 'watch', other)).code).toBe(0);
    expect(await place.json('job', 'show', job)).toMatchObject({
      job: { status: 'held', held: { code: 'Paused', message: 'to look at it' } },
    });
    expect(errorOf(await place.tksm('job', 'pause', other, '--json'))).toMatchObject({
      code: 'InvalidOperation',
    });
    expect(errorOf(await place.tksm('job', 'resume', '--kind', 'shell', '--json'))).toMatchObject({
      code: 'InvalidOperation',
    });
    expect(errorOf(await place.tksm('job', 'pause', job, '--kind', 'shell', '--json'))).toMatchObject({
      code: 'UsageError',
    });
    expect(errorOf(await place.tksm('job', 'pause', '--json'))).toMatchObject({ code: 'UsageError' });
    await place.tksm('job', 'resume', job);
    expect((await place.tksm('job', 'watch', job)).code).toBe(0);
  });

  it('go with labels: a job runs where its label is', async ({ onTestFinished }) => {
    const place = new Place(onTestFinished);
    const job = await submitted(place, '--require', 'gpu', '--agent', 'ada', '--origin', 'lab');
    expect((await place.tksm('job', 'watch', job, '--timeout', '2s')).code).not.toBe(0);
    const shown = (await place.tksm('job', 'show', job)).stdout;
    for (const text of ['it needs a worker with the label gpu', 'ada', 'lab']) expect(shown).toContain(text);
    const there = await place.start(['job', 'watch', job], { env: { TKSM_LABELS: 'linux,gpu' } }).ended;
    expect(there.code).toBe(0);
  });
});
