import { handleId, kindName, zoneId } from '@tksm/abstractions';
import type { ChildSpec, KernelEvent, SupervisorSpec } from '@tksm/abstractions';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { cancelled } from '../jobs/settlement.ts';
import { Families } from '../scheduler/families.ts';
import { apply } from '../state/apply.ts';
import type { JobState } from '../state/job-state.ts';
import { KernelState } from '../state/kernel-state.ts';
import { decideSupervision } from './decide-supervision.ts';
import { recentRestarts } from './supervisor-record.ts';

const by = handleId('operator');
const error = { code: 'HandlerFailed' as const, message: 'no' };
const job = { kind: kindName('k'), version: 1, input: null };

const restart = fc.constantFrom('permanent', 'transient', 'temporary');
const supervisor = (depth: number): fc.Arbitrary<SupervisorSpec> => {
  const worker = fc.constant({ job });
  const what: fc.Arbitrary<{ job: typeof job } | { supervisor: SupervisorSpec }> =
    depth === 0
      ? worker
      : fc.oneof(
          worker,
          supervisor(depth - 1).map((spec) => ({ supervisor: spec })),
        );
  const child = fc.tuple(restart, fc.boolean(), what).map(([type, isSignificant, rest]) => ({
    ...{
      restart: type,
      ...(isSignificant && type !== 'permanent' && { significant: true as const }),
      ...rest,
    },
  }));
  return fc.record({
    strategy: fc.constantFrom('one-for-one', 'one-for-all', 'rest-for-one'),
    intensity: fc.nat({ max: 3 }),
    periodMs: fc.constantFrom(10, 1_000),
    autoShutdown: fc.constantFrom('never', 'any-significant', 'all-significant'),
    children: fc
      .array(child, { minLength: 1, maxLength: 4 })
      .map((children) => children.map((one, index): ChildSpec => ({ ...one, id: `c${index}` }))),
  });
};
const act = fc.record({
  what: fc.constantFrom('lease', 'succeed', 'fail', 'fail', 'cancel', 'tick', 'stop'),
  n: fc.nat({ max: 20 }),
});

/** A state with supervisors that act on it, and nothing else. */
class Stage {
  readonly state = new KernelState();
  /** What was decided together is there together, or not at all. */
  readonly frames: (readonly KernelEvent[])[] = [];
  time = 1_000;

  record(events: readonly KernelEvent[]): void {
    for (const event of events) apply(this.state, event, this.state.position, this.time);
    this.frames.push(events);
  }

  /** Lets every supervisor do what it can, in whatever order. */
  settle(): void {
    const families = new Families();
    for (let isMoving = true; isMoving;) {
      isMoving = false;
      for (const id of [...this.state.supervisors.keys()]) {
        const events = decideSupervision(id, { state: this.state, families, now: this.time });
        if (events.length > 0) isMoving = true;
        this.record(events);
      }
    }
  }

  open(isLeased: boolean): JobState[] {
    return [...this.state.jobs.values()].filter(
      ({ outcome, lease }) => outcome === undefined && (lease !== undefined) === isLeased,
    );
  }

  /** Ends those that were told to stop, until nobody waits. */
  rest(): void {
    this.settle();
    for (let told = this.told(); told.length > 0; told = this.told()) {
      this.record(told.map((one) => cancelled(one)));
      this.settle();
    }
  }

  told(): JobState[] {
    return this.open(true).filter(({ cancelling }) => cancelling !== undefined);
  }
}

function eventOf(stage: Stage, { what, n }: { readonly what: string; readonly n: number }): KernelEvent[] {
  const pick = <T>(from: readonly T[]): T | undefined => from[n % Math.max(1, from.length)];
  const base = (one: JobState) => ({ v: 1 as const, job: one.id, epoch: one.epoch });
  const [queued, running] = [pick(stage.open(false)), pick(stage.open(true))];
  if (what === 'tick') stage.time += n;
  if (what === 'stop' && n === 0 && stage.state.supervisors.has('top'))
    return [{ type: 'supervisor.stopping', v: 1, supervisor: 'top', by }];
  if (what === 'lease' && queued !== undefined)
    return [{ type: 'job.leased', ...base(queued), epoch: queued.epoch + 1, worker: 'w', until: 1e9 }];
  if (running === undefined) return [];
  if (what === 'succeed' && running.cancelling === undefined)
    return [{ type: 'job.succeeded', ...base(running), output: null }];
  if (what === 'fail' && running.cancelling === undefined)
    return [{ type: 'job.failed', ...base(running), error }];
  return what === 'cancel' ? [cancelled(running, 'r')] : [];
}

/** What holds whenever no supervisor waits for anything. */
function expectAtRest({ state, time }: Stage): void {
  const runs: string[] = [];
  for (const one of state.supervisors.values()) {
    expect([one.id, one.plan, one.mailbox]).toEqual([one.id, undefined, []]);
    if (one.ended === undefined) expect(recentRestarts(one, time).length).toBeLessThanOrEqual(one.intensity);
    for (const { spec, run } of one.children) {
      if (run === undefined) continue;
      expect([run.exited, one.ended]).toEqual([undefined, undefined]);
      if (run.job === undefined) expect(state.supervisors.has(`${one.id}/${spec.id}`)).toBe(true);
      else runs.push(run.job);
    }
  }
  const open = [...state.jobs.values()].filter(({ outcome }) => outcome === undefined).map(({ id }) => id);
  expect(runs.sort()).toEqual(open.sort());
}

it('comes to rest with the jobs that its children say they are, wherever its history was cut off', () => {
  fc.assert(
    fc.property(supervisor(2), fc.array(act, { maxLength: 30, size: 'max' }), fc.nat(), (spec, acts, cut) => {
      const stage = new Stage();
      stage.record([
        { type: 'zone.created', v: 1, zone: zoneId('a'.repeat(32)) },
        { type: 'supervisor.started', v: 1, supervisor: 'top', by, spec },
      ]);
      stage.settle();
      for (const one of acts) {
        stage.record(eventOf(stage, one));
        stage.settle();
      }
      const again = new Stage();
      again.time = stage.time;
      for (const frame of stage.frames.slice(0, 1 + (cut % stage.frames.length))) again.record(frame);
      for (const one of [stage, again]) {
        one.rest();
        expectAtRest(one);
      }
    }),
    { numRuns: 300 },
  );
});
