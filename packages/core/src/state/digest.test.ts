import { commandId, handleId, jobId, kindName, zoneId } from '@tksm/abstractions';
import type { JobId, KernelEvent, StoredValue, SupervisorRecord } from '@tksm/abstractions';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { apply } from './apply.ts';
import { digestOf } from './digest.ts';
import { JobState } from './job-state.ts';
import { KernelState } from './kernel-state.ts';

const GOLDEN = 'ee215efc37d39904815412238a122eb5a9b6baaabd65ba4b0271a0f956d11837';
const by = handleId('operator');
const zone = zoneId('a'.repeat(32));
const idOf = (n: number): JobId => jobId(n.toString(16).padStart(32, '0'));

interface Entry {
  readonly n: number;
  readonly value: StoredValue;
}

function stateOf(jobs: readonly Entry[], commands: readonly Entry[], world: readonly Entry[]): KernelState {
  const state = new KernelState();
  state.zone = zone;
  for (const { n, value } of jobs) {
    const spec = { kind: kindName('k'), version: 1, input: value };
    state.jobs.set(idOf(n), new JobState(idOf(n), spec, by, n, n));
  }
  for (const { n, value } of commands)
    state.commands.set(commandId(`c-${n}`), { position: n, time: n, output: value });
  for (const { n, value } of world) state.world.apply({ puts: [[`key-${n}`, value]] }, n);
  return state;
}

const value = fc.jsonValue({ maxDepth: 2 }).map((json) => JSON.parse(JSON.stringify(json)) as StoredValue);
const entries = fc.uniqueArray(fc.record({ n: fc.nat({ max: 500 }), value }), {
  selector: ({ n }) => n,
  maxLength: 12,
});
const shuffled = fc.tuple(entries, fc.infiniteStream(fc.nat())).map(([all, dice]): [Entry[], Entry[]] => [
  all,
  [...all]
    .map((entry) => ({ entry, at: dice.next().value ?? 0 }))
    .sort((a, b) => a.at - b.at)
    .map(({ entry }) => entry),
]);

it('is zero before the first event', () => {
  expect(digestOf(new KernelState())).toBe('0'.repeat(64));
});

it('is the same whichever way the same state came about', () => {
  fc.assert(
    fc.property(shuffled, shuffled, shuffled, ([jobs, jobs2], [commands, commands2], [world, world2]) => {
      const state = stateOf(jobs2, commands2, world2);
      state.world.apply({ puts: [['gone', 1]] }, 900);
      state.world.apply({ deletes: ['gone'] }, 901);
      expect(digestOf(state)).toBe(digestOf(stateOf(jobs, commands, world)));
    }),
  );
});

it('changes with every part of the state', () => {
  const one = [{ n: 1, value: 1 }];
  const changes: ((state: KernelState) => void)[] = [
    (state) => (state.position += 1),
    (state) => (state.time += 1),
    (state) => (state.epoch += 1),
    (state) => (state.incarnation = 'b'),
    ...(['succeeded', 'failed', 'cancelled', 'commands', 'named'] as const).map(
      (what) => (state: KernelState) => (state.retired[what] += 1),
    ),
    (state) => (state.zone = zoneId('b'.repeat(32))),
    (state) => (state.eventLeaves = true),
    (state) => state.world.apply({ puts: [['key-1', 2]] }, 1),
    (state) => state.world.apply({ puts: [['key-1', 1]] }, 1),
    (state) => state.world.apply({ deletes: ['key-1'] }, 1),
    (state) => state.commands.delete(commandId('c-1')),
    (state) => state.jobs.delete(idOf(1)),
    (state) => state.supervisors.set('top', {} as SupervisorRecord),
    ...(['epoch', 'attempts', 'interruptions'] as const).map((field) => (state: KernelState) => {
      const job = state.jobs.get(idOf(1));
      if (job !== undefined) job[field] += 1;
    }),
    ...(
      [
        'lease',
        'retryAt',
        'steps',
        'progress',
        'cancelling',
        'held',
        'returned',
        'lastError',
        'outcome',
        'settledAt',
      ] as const
    ).map((field) => (state: KernelState) => {
      Object.assign(state.jobs.get(idOf(1)) ?? {}, { [field]: field === 'steps' ? [] : 1 });
    }),
    (state) => Object.assign(state.jobs.get(idOf(1)) ?? {}, { dependenciesWaived: true }),
  ];
  const digests = new Set([digestOf(stateOf(one, one, one))]);
  for (const change of changes) {
    const state = stateOf(one, one, one);
    change(state);
    digests.add(digestOf(state));
  }
  expect(digests.size).toBe(changes.length + 1);
});

it('of a first event is fixed: other releases must agree', () => {
  const state = new KernelState();
  const created: KernelEvent = { type: 'zone.created', v: 1, zone };
  apply(state, created, 0, 1_000);
  expect(digestOf(state)).toBe(GOLDEN);
});
