import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { handleId } from '@tksm/abstractions';
import { expect, it } from 'vitest';
import type { Capability } from '../state/capability-table.ts';
import { Held } from './held.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

function heapBytes(): number {
  collect();
  return process.memoryUsage().heapUsed;
}

function handle(): Held {
  const id = handleId('a'.repeat(32));
  return new Held(
    { id, rights: ['var.get:**'], caveats: {}, above: undefined } as unknown as Capability,
    undefined,
  );
}

it.each([
  ['long names', 1_000],
  ['short names', 100],
])('keeps little of what a handle was asked for, %s', (_, length) => {
  const before = heapBytes();
  const handles = Array.from({ length: 40 }, handle);
  // Flat texts: what is joined would share its parts.
  const names = (held: number): string[] =>
    Array.from({ length: 1_000 }, (__, n) => Buffer.alloc(length, `${held}-${n}.`).toString());
  const isAllowed = handles.every((held, n) => names(n).every((name) => held.hasRight('var.get', name)));
  expect(isAllowed).toBe(true);
  expect((heapBytes() - before) / handles.length).toBeLessThan(30_000);
  expect(handles.every((held) => held.hasRight('var.get', 'x'))).toBe(true);
});
