import { handleId, kindName } from '@tksm/abstractions';
import type { JobId, JobSpec, KernelEvent, OnDependencyFailure } from '@tksm/abstractions';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decideReaction } from '../jobs/decide-reaction.ts';
import { apply } from '../state/apply.ts';
import { KernelState } from '../state/kernel-state.ts';
import { holdsLane } from './lanes/holds-lane.ts';
import type { JobState } from '../state/job-state.ts';
import { isBlocked, statusOf } from '../state/job-status.ts';
import { Agenda } from './agenda.ts';
import { Dispatcher } from './dispatcher.ts';

const JOBS = 6;
const by = handleId('operator');
const idOf = (n: number): JobId => n.toString(16).padStart(32, '0') as JobId;
const error = { code: 'HandlerFailed' as const, message: 'no' };

interface Drawn {
  readonly what:
    | 'submit'
    | 'lease'
    | 'succeed'
    | 'fail'
    | 'retry-later'
    | 'interrupt'
    | 'sleep'
    | 'await'
    | 'send'
    | 'step'
    | 'return'
    | 'cancel'
    | 'hold'
    | 'release'
    | 'tick';
  readonly job: number;
  readonly needs: readonly number[];
  readonly policy: OnDependencyFailure;
  readonly parent: number | undefined;
  readonly delay: number;
  readonly agent: string | undefined;
}

const drawn: fc.Arbitrary<Drawn> = fc.record({
  what: fc.constantFrom(
    ...([
      'submit',
      'submit',
      'submit',
      'lease',
      'lease',
      'succeed',
      'fail',
      'fail',
      'retry-later',
      'interrupt',
    ] as const),
    ...([
      'sleep',
      'await',
      'await',
      'send',
      'send',
      'step',
      'return',
      'cancel',
      'hold',
      'release',
      'release',
      'tick',
    ] as const),
  ),
  job: fc.nat({ max: JOBS - 1 }),
  needs: fc.uniqueArray(fc.nat({ max: JOBS - 1 }), { maxLength: 3 }),
  policy: fc.constantFrom('cancel', 'run', 'hold'),
  parent: fc.option(fc.nat({ max: JOBS - 1 }), { nil: undefined }),
  delay: fc.constantFrom(0, 0, 10),
  agent: fc.constantFrom(undefined, undefined, 'x', 'y'),
});

/** The event for a drawn act, when a kernel could record it now. */
function eventFor(
  state: KernelState,
  { what, job, needs, policy, parent, delay, agent }: Drawn,
  time: number,
): KernelEvent | undefined {
  const id = idOf(job);
  const found = state.jobs.get(id);
  if (what === 'submit') {
    if (found !== undefined) return undefined;
    const dependsOn = needs.map(idOf).filter((need) => need !== id && state.jobs.has(need));
    const spec: JobSpec = {
      ...{ kind: kindName('k'), version: 1, input: null, onDependencyFailure: policy, dependsOn },
      ...(parent !== undefined && parent !== job && { parent: idOf(parent) }),
      ...(delay > 0 && { notBefore: time + delay }),
      ...(agent !== undefined && { agent }),
    };
    return { type: 'job.submitted', v: 1, job: id, by, spec };
  }
  if (found === undefined) return undefined;
  const { epoch, lease, outcome, held } = found;
  const open = outcome === undefined;
  switch (what) {
    case 'lease':
      if (statusOf(found, state) !== 'queued') return undefined;
      return { type: 'job.leased', v: 1, job: id, epoch: epoch + 1, worker: 'w', until: time + 1_000 };
    case 'succeed':
      return lease && { type: 'job.succeeded', v: 1, job: id, epoch, output: null };
    case 'fail':
      return lease && { type: 'job.failed', v: 1, job: id, epoch, error };
    case 'retry-later':
      return lease && { type: 'job.attempt-failed', v: 1, job: id, epoch, error, retryAt: time + delay };
    case 'interrupt':
      return lease && { type: 'job.interrupted', v: 1, job: id, epoch, reason: 'drain' };
    case 'sleep':
      return lease && { type: 'job.suspended', v: 1, job: id, epoch, step: 's', until: time + delay + 1 };
    case 'await': {
      const until = delay > 0 ? { until: time + delay } : {};
      return (
        lease && { type: 'job.suspended', v: 1, job: id, epoch, step: 's', ...until, message: { topic: 't' } }
      );
    }
    case 'send':
      return open && found.returned === undefined
        ? {
            type: 'message.sent',
            v: 1,
            job: id,
            by,
            from: 'f',
            topic: needs.length > 1 ? 'other' : 't',
            body: 1,
          }
        : undefined;
    case 'step':
      return lease && { type: 'job.stepped', v: 1, job: id, epoch, name: 's', output: null };
    case 'return':
      return lease && { type: 'job.returned', v: 1, job: id, epoch, output: null };
    case 'cancel':
      return open && lease === undefined ? { type: 'job.cancelled', v: 1, job: id, error } : undefined;
    case 'hold':
      return open && statusOf(found, state) === 'queued'
        ? { type: 'job.held', v: 1, job: id, error }
        : undefined;
    case 'release': {
      const over = outcome !== undefined && outcome.status !== 'succeeded';
      return over || held !== undefined ? { type: 'job.released', v: 1, job: id, by } : undefined;
    }
    default:
      return undefined;
  }
}

/** Whether the lane of a job is free for it. */
function isFree({ dispatcher }: Agenda, state: KernelState, id: JobId): boolean {
  const { jobs } = state;
  const own = jobs.get(id);
  const agent = own?.spec.agent;
  const isHeld = [...jobs.values()].some(
    (job) =>
      job.id !== id &&
      agent !== undefined &&
      job.spec.agent === agent &&
      holdsLane(job, (one) => isBlocked(one, state)),
  );
  return !isHeld && (own === undefined || dispatcher.heldBack(own) === undefined);
}

/** Whether nothing but time stands between a job and its lease. */
function becomesReady(job: JobState, state: KernelState): boolean {
  const status = statusOf(job, state);
  if (status === 'waiting')
    return job.returned === undefined && job.wait?.until !== undefined && !isBlocked(job, state);
  return status === 'queued' || status === 'delayed';
}

function dispatcher(state: KernelState): Dispatcher {
  return new Dispatcher(
    { concurrency: Number.POSITIVE_INFINITY },
    { weightOf: () => 1, isBlocked: (job) => isBlocked(job, state) },
  );
}

function remove({ dispatcher }: Agenda, { jobs, time }: KernelState, id: JobId): void {
  const job = jobs.get(id);
  if (job !== undefined) dispatcher.remove(job, time);
}

/** What an agenda comes to: which jobs it would lease until `now`, which it holds as running, which families are open. */
function contents(
  agenda: Agenda,
  state: KernelState,
  now: number,
): { readonly ready: readonly JobId[]; readonly [more: string]: unknown } {
  const ready: JobId[] = [];
  const lanes: (string | undefined)[] = [];
  for (let due = agenda.due.pop(now); due !== undefined; due = agenda.due.pop(now)) {
    const job = state.jobs.get(due.id as JobId);
    if (job !== undefined && due.what === 'ready') agenda.wake(job, due.at, now);
  }
  const { dispatcher } = agenda;
  for (let job = dispatcher.next(now); job !== undefined; job = dispatcher.next(now)) {
    // Of a lane one job is let through: which, another one may have decided that came to it first.
    if (job.spec.agent === undefined) ready.push(job.id);
    else lanes.push(job.spec.agent);
  }
  return {
    ready,
    lanes: lanes.sort(),
    running: [...agenda.running.keys()].sort(),
    families: Array.from({ length: JOBS }, (_, n) => [
      agenda.families.hasOpen(idOf(n)),
      [...agenda.families.failedOf(idOf(n))].sort(),
    ]),
  };
}

it('is the same when it is rebuilt from state as when it followed every event', () => {
  fc.assert(
    fc.property(fc.array(drawn, { maxLength: 60, size: 'max' }), (acts) => {
      const state = new KernelState();
      const agenda = new Agenda(state, dispatcher(state));
      // What one agenda is told of as it happens, the other finds in a state of its own.
      const again = new KernelState();
      let time = 0;
      const record = (event: KernelEvent): void => {
        apply(again, event, again.position, time);
        // The kernel leases only what the dispatcher gave away.
        if (event.type === 'job.leased') remove(agenda, state, event.job);
        apply(state, event, state.position, time);
        agenda.observe(event, time);
      };
      for (const act of acts) {
        if (act.what === 'tick') {
          time += 5;
          for (let due = agenda.due.pop(time); due !== undefined; due = agenda.due.pop(time)) {
            const job = state.jobs.get(due.id as JobId);
            if (job !== undefined && due.what === 'ready') agenda.wake(job, due.at, time);
          }
        }
        const event = eventFor(state, act, time);
        if (event === undefined) continue;
        // Its lane is not free.
        if (event.type === 'job.leased' && !isFree(agenda, state, event.job)) continue;
        record(event);
        for (let reaction = agenda.nextReaction(); reaction !== undefined; reaction = agenda.nextReaction()) {
          for (const event of decideReaction(reaction, state, agenda.families, time)) record(event);
        }
        state.time = again.time = time;
      }
      const rebuilt = new Agenda(again, dispatcher(again));
      const reactions: KernelEvent[] = [];
      for (let reaction = rebuilt.nextReaction(); reaction !== undefined; reaction = rebuilt.nextReaction()) {
        reactions.push(...decideReaction(reaction, again, rebuilt.families, time));
      }
      expect(reactions).toEqual([]);
      const expected = [...state.jobs.values()].filter(
        (job) => job.spec.agent === undefined && becomesReady(job, state),
      );
      const followed = contents(agenda, state, time + 1_000);
      expect(new Set(followed.ready)).toEqual(new Set(expected.map(({ id }) => id)));
      expect(contents(rebuilt, again, time + 1_000)).toEqual(followed);
    }),
    { numRuns: 300 },
  );
});
