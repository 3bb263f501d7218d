import { describe, expect, it } from 'vitest';
import { chainGraph, waitingOnce } from './graphs.ts';
import { E2E, Place } from './tksm.ts';

describe('a signal', E2E, () => {
  it.for([
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const)(
    '%s drains a run without burning an attempt, and exits %i',
    async ([signal, code], { onTestFinished }) => {
      const place = new Place(onTestFinished);
      const gate = place.gate();
      const graph = chainGraph(place, { a: waitingOnce(gate.file, 'echo a >> ran') });
      const running = place.start(['run', graph, '--json']);
      await gate.passed();
      running.child.kill(signal);
      const ended = await running.ended;
      expect(ended.code).toBe(code);
      expect(ended.stderr).toContain('draining');
      expect(JSON.parse(ended.stdout)).toMatchObject({ status: 'interrupted', jobs: { open: 1 } });
      expect(await place.json('job', 'ls')).toMatchObject({
        jobs: [{ attempts: 0, interruptions: 1, status: 'queued' }],
      });
      expect((await place.json('health'))['running']).toBe(false);
      expect((await place.tksm('run', graph)).code).toBe(0);
      expect(place.read('ran')).toBe('a\n');
    },
  );

  it('stops at once when it comes a second time', async ({ onTestFinished }) => {
    const place = new Place(onTestFinished);
    const gate = place.gate();
    const graph = chainGraph(place, { a: waitingOnce(gate.file, 'true') });
    const running = place.start(['run', graph], { env: { TKSM_DRAIN_GRACE_MS: '600000' } });
    await gate.passed();
    running.child.kill('SIGINT');
    await running.said('draining');
    running.child.kill('SIGINT');
    expect((await running.ended).code).toBe(130);
    expect((await place.tksm('event', 'verify')).code).toBe(0);
    expect((await place.tksm('run', graph)).code).toBe(0);
  });
});
