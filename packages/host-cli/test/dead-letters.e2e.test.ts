import { describe, expect, it } from 'vitest';
import { E2E, Place, shellInput } from './tksm.ts';

async function fail(place: Place, ...flags: string[]): Promise<string> {
  const script = 'test -e ok';
  const command = ['job', 'submit', 'shell', '--attempts', '1', '--wait', '--input', shellInput(script)];
  const ended = await place.tksm(...command, ...flags, '--json');
  expect(ended.code).toBe(1);
  return String((JSON.parse(ended.stdout) as { job: unknown }).job);
}

describe('dead letters', E2E, () => {
  it('are listed, newest first, and run again at once', async ({ onTestFinished }) => {
    const place = new Place(onTestFinished);
    const jobs = [await fail(place), await fail(place)];
    const listed = await place.json('job', 'ls', '--dead', '--since', '-1h', '--kind', 'shell');
    expect((listed['jobs'] as { id: string }[]).map(({ id }) => id)).toEqual([...jobs].reverse());
    expect(await place.json('job', 'retry', '--dead', '--dry-run')).toMatchObject({
      would: [...jobs].reverse(),
    });
    expect(await place.json('job', 'retry', '--dead', '--limit', '1')).toEqual({
      ...{ requeued: jobs.slice(1), skipped: 0, more: true },
    });
    place.file('ok', '');
    expect((await place.tksm('job', 'watch', jobs[1] ?? '')).code).toBe(0);
    const shown = await place.tksm('job', 'show', jobs[1] ?? '');
    expect(shown.stdout).toContain('1 times, after it had failed for good');
    expect(await place.json('job', 'ls', '--dead')).toMatchObject({ jobs: [{ id: jobs[0] }] });
  });

  it('need their flags to make sense', async ({ onTestFinished }) => {
    const place = new Place(onTestFinished);
    await fail(place);
    const wrong = [
      ['ls', '--dead', '--status', 'failed'],
      ['retry', '--kind', 'shell'],
    ];
    for (const words of wrong) expect([words, (await place.tksm('job', ...words)).code]).toEqual([words, 2]);
  });
});
