import { expect, it } from 'vitest';
import { upcast, upcastOver } from './upcast.ts';

const refusal = (event: object): unknown => {
  try {
    return upcast(event, 7);
  } catch (error) {
    return error;
  }
};

it('gives an event of this release back', () => {
  const event = { type: 'fact.emitted', v: 1 };
  expect(upcast(event, 0)).toBe(event);
});

it.each([
  { type: 'fact.emitted', v: 2 },
  { type: 'job.teleported', v: 1 },
  { type: '__proto__', v: 1 },
  { type: 'constructor', v: 1 },
])('refuses what a later release wrote: %o', (event) => {
  expect(refusal(event)).toMatchObject({ code: 'FormatTooNew', data: { position: 7 } });
});

it.each([
  {},
  { type: 'fact.emitted' },
  { type: 5, v: 1 },
  { type: 'fact.emitted', v: '1' },
  { type: 'fact.emitted', v: 0 },
  { type: 'fact.emitted', v: 0.5 },
  { type: 'fact.emitted', v: Number.NaN },
])('calls damaged what no release wrote: %o', (event) => {
  expect(refusal(event)).toMatchObject({ code: 'LogDamaged', data: { position: 7 } });
});

it('brings an old event to its current version, a step at a time', () => {
  const versions = {
    'fact.emitted': {
      current: 3,
      steps: {
        1: (event: object) => ({ ...event, type: 'fact.emitted', v: 1, one: true }),
        2: (event: object) => ({ ...event, type: 'fact.emitted', v: 2, two: 'one' in event }),
      },
    },
  };
  const stored = { type: 'fact.emitted', v: 1 };
  expect(upcastOver(versions)(stored, 0)).toEqual({ type: 'fact.emitted', v: 3, one: true, two: true });
  expect(stored).toEqual({ type: 'fact.emitted', v: 1 });
  expect(() => upcastOver(versions)({ type: 'fact.emitted', v: 0 }, 0)).toThrow('no release wrote');
});
