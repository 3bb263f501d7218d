import { describe, expect, it } from 'vitest';
import { beatAt } from './metronome.ts';

describe('beatAt', () => {
  it('tells each beat once, in order, with the time at which it was due', async () => {
    const due: number[] = [];
    await beatAt(1_000, 20, (beat, dueAt) => {
      expect(beat).toBe(due.length);
      expect(dueAt).toBeLessThanOrEqual(performance.now());
      due.push(dueAt);
    });
    expect(due).toHaveLength(20);
    expect((due[19] ?? 0) - (due[0] ?? 0)).toBeCloseTo(19, 3);
  });

  it('keeps due times when the loop is blocked', async () => {
    const late: number[] = [];
    await beatAt(1_000, 50, (beat, dueAt) => {
      late.push(performance.now() - dueAt);
      if (beat === 0) for (const end = performance.now() + 30; performance.now() < end;);
    });
    expect(late[1]).toBeGreaterThan(20);
  });
});
