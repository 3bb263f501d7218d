import { describe, expect, it } from 'vitest';
import { E2E, errorOf, Place, shellInput } from './tksm.ts';

async function submit(place: Place, script: string, ...flags: string[]): Promise<string> {
  const { job } = await place.json('job', 'submit', 'shell', '--input', shellInput(script), ...flags);
  return String(job);
}

describe('tksm breaker', E2E, () => {
  it('opens when jobs fail, says why and until when, and is closed by hand', async ({ onTestFinished }) => {
    const place = new Place(onTestFinished);
    const setting = '{"failures":1,"delayMs":3600000}';
    expect((await place.tksm('var', 'set', 'tksm.breaker.kind.shell', setting, '--parse')).code).toBe(0);
    const failing = ['--attempts', '1', '--wait', '--input', shellInput('exit 1')];
    expect((await place.tksm('job', 'submit', 'shell', ...failing)).code).toBe(1);
    const job = await submit(place, 'echo ran');

    const listed = await place.tksm('breaker', 'ls');
    expect(listed.stdout).toMatch(/kind\.shell +open .*in \d+m.*1 of 1 attempts failed/);
    const health = await place.tksm('health');
    expect(health.stdout).toMatch(/breakers +degraded +kind\.shell open, next probe in \d+ s/);
    const jobs = await place.tksm('job', 'ls');
    expect(jobs.stderr).toMatch(/1 queued job is held back by breaker kind\.shell, open, next probe in \d+m/);
    const why = /held back +breaker kind\.shell is open until 20.*Z: 1 of 1 attempts failed/;
    expect((await place.tksm('job', 'show', job)).stdout).toMatch(why);
    expect(await place.json('job', 'show', job)).toMatchObject({
      ...{ job: { status: 'queued' }, heldBack: [expect.stringContaining('kind.shell is open')] },
    });

    const closed = await place.tksm('breaker', 'close', 'kind.shell', '--reason', 'repaired');
    expect(closed.stderr).toContain('kind.shell was open, and is closed');
    expect((await place.tksm('job', 'watch', job)).code).toBe(0);
    expect((await place.tksm('event', 'ls', '--type', 'breaker.closed')).stdout).toMatch(
      /breaker\.closed .*kind\.shell: repaired/,
    );
  });

  it('is opened by hand, for a time', async ({ onTestFinished }) => {
    const place = new Place(onTestFinished);
    expect(await place.json('breaker', 'open', 'kind.shell', '--for', '1s')).toEqual({
      ...{ breaker: 'kind.shell', before: 'closed', phase: 'open' },
    });
    const job = await submit(place, 'true');
    expect((await place.tksm('job', 'watch', job)).code).toBe(0);
    const wrong = await place.tksm('breaker', 'open', 'shell', '--json');
    expect(wrong.code).toBe(2);
    expect(errorOf(wrong)).toMatchObject({ code: 'InvalidInput' });
  });
});

describe('tksm ladder', E2E, () => {
  it('quarantines a kind, and takes it down again', async ({ onTestFinished }) => {
    const place = new Place(onTestFinished);
    const job = await submit(place, 'true');
    const moved = await place.json('ladder', 'set', 'shell', 'quarantined', '--reason', 'eats the disk');
    expect(moved).toEqual({ kind: 'shell', before: 'ground', rung: 'quarantined' });
    const refused = await place.tksm('job', 'submit', 'shell', '--input', shellInput('true'), '--json');
    expect(errorOf(refused)).toMatchObject({ code: 'Quarantined' });
    expect((await place.tksm('ladder', 'ls')).stdout).toMatch(/shell +quarantined .*operator +eats the disk/);
    expect((await place.tksm('health')).stdout).toMatch(/ladder +degraded +shell quarantined/);
    expect((await place.tksm('job', 'show', job)).stdout).toContain('shell is quarantined: eats the disk');
    await place.json('ladder', 'set', 'shell', 'ground');
    expect((await place.tksm('job', 'watch', job)).code).toBe(0);
    expect((await place.tksm('ladder', 'set', 'shell', 'attic')).code).toBe(2);
  });
});
