import { describe, expect, it } from 'vitest';
import { E2E, errorOf, Place } from './tksm.ts';

describe('a job that waits', E2E, () => {
  it('for a person, is answered by another terminal, and shows what it waits for', async ({
    onTestFinished,
  }) => {
    const place = new Place(onTestFinished);
    const input = JSON.stringify({ question: 'Deploy?', choices: ['yes', 'no'] });
    const holder = place.start(['job', 'submit', 'ask', '--wait', '-i', input]);
    await holder.said('running job');
    const { jobs } = (await place.json('job', 'ls', '--kind', 'ask')) as { jobs: { id: string }[] };
    const job = jobs[0]?.id ?? '';
    // Before it asks, perhaps: it is kept.
    expect(
      (await place.tksm('inbox', 'send', job, '{"note":1}', '--topic', 'aside', '--id', 'm1')).code,
    ).toBe(0);
    expect(
      (await place.tksm('inbox', 'send', job, '{"note":1}', '--topic', 'aside', '--id', 'm1')).code,
    ).toBe(0);
    const answer = await place.tksm('job', 'answer', job, '"yes"', '--from', 'ada');
    expect(answer).toMatchObject({ code: 0, stdout: '' });
    expect(answer.stderr).toContain(`sent to ${job}`);
    const ended = await holder.ended;
    expect(ended.code).toBe(0);
    expect(JSON.parse(ended.stdout)).toEqual({ answer: 'yes', from: 'ada' });
    const unread = await place.json('inbox', 'ls', job);
    expect(unread).toMatchObject({
      job,
      messages: [{ from: 'operator', topic: 'aside', body: { note: 1 } }],
    });
    expect((await place.tksm('job', 'show', job)).stdout).toMatch(/inbox +1 unread/);
    const late = await place.tksm('job', 'answer', job, '"no"', '--json');
    expect(late.code).toBe(5);
    expect(errorOf(late)).toMatchObject({ code: 'InboxClosed' });
    expect((await place.tksm('job', 'answer', job, 'yes')).code).toBe(2);
    expect((await place.tksm('inbox', 'send', '0'.repeat(32), '1')).code).toBe(3);
  });

  it('for a time, goes on where another process left it', async ({ onTestFinished }) => {
    const place = new Place(onTestFinished);
    const { job } = (await place.json('job', 'submit', 'sleep', '-i', '{"ms":3000}')) as { job: string };
    const first = await place.tksm('job', 'watch', job, '--timeout', '1s');
    expect(first.code).toBe(7);
    const shown = await place.json('job', 'show', job);
    expect(shown).toMatchObject({ job: { status: 'waiting', waitingFor: 'time', attempts: 0 } });
    expect((await place.tksm('job', 'show', job)).stdout).toMatch(/waits for +its time, until .* at sleep#1/);
    expect((await place.tksm('job', 'watch', job)).code).toBe(0);
    const timeline = (await place.json('job', 'timeline', job)) as {
      spans: { kind: string; end?: string }[];
    };
    const told = timeline.spans.filter(({ kind }) => kind === 'waiting' || kind === 'running');
    expect(told.map(({ kind, end }) => end ?? kind)).toEqual(['suspended', 'waiting', 'succeeded']);
    expect((await place.tksm('job', 'timeline', job)).stdout).toContain('sleep#1, until');
  });
});
