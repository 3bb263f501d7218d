import { isSystemKind } from '@tksm/abstractions';
import type { Instant, JobId, KernelEvent } from '@tksm/abstractions';
import { OpenTicks } from '../schedules/open-ticks.ts';
import { isBlocked, readyAt } from '../state/job-status.ts';
import type { JobState } from '../state/job-state.ts';
import type { KernelState } from '../state/kernel-state.ts';
import { isBusy, parentOf } from '../supervision/supervisor-record.ts';
import type { Dispatcher } from './dispatcher.ts';
import { DueQueue, JOB_SORTS } from './due-queue.ts';
import type { Due } from './due-queue.ts';
import { Families } from './families.ts';
import { holdsLane } from './lanes/holds-lane.ts';
import { UniqueKeys } from './unique-keys.ts';

/** A cancelled handler that has not ended by then loses its lease. */
const CANCEL_GRACE_MS = 5_000;

const NONE: readonly JobId[] = [];

/** Something that follows from the facts and is not recorded yet. */
export type Reaction =
  | { readonly what: 'dependency-failed'; readonly job: JobId; readonly dependency: JobId }
  | { readonly what: 'children-settled'; readonly job: JobId }
  | { readonly what: 'supervision'; readonly supervisor: string };

/**
 * What is due and waiting for what: an index over the jobs, derived from state and rebuilt from it at start. It tells the
 * dispatcher what is ready and what runs.
 */
export class Agenda {
  readonly dispatcher: Dispatcher;
  readonly #state: KernelState;
  /** Jobs of the kernel itself, which no policy and no slot holds back. */
  readonly #system: JobState[] = [];
  readonly systemRunning = new Map<JobId, JobState>();
  readonly due = new DueQueue();
  readonly families = new Families();
  readonly ticks = new OpenTicks();
  readonly keys = new UniqueKeys();
  readonly #unmet = new Map<JobId, number>();
  readonly #dependents = new Map<JobId, JobId[]>();
  #reactions: Reaction[] = [];
  #reacted = 0;

  constructor(state: KernelState, dispatcher: Dispatcher) {
    this.#state = state;
    this.dispatcher = dispatcher;
    this.due.judge(JOB_SORTS, (due) => this.#holds(due));
    const blocked = (job: JobState): boolean => isBlocked(job, state);
    for (const job of state.jobs.values()) {
      if (isSystemKind(job.spec.kind)) {
        if (job.lease !== undefined) this.systemRunning.set(job.id, job);
      } else if (job.lease !== undefined || (job.spec.agent !== undefined && holdsLane(job, blocked)))
        dispatcher.restore(job);
    }
    dispatcher.gather(() => {
      for (const job of state.jobs.values()) this.#admit(job, state.time);
    }, state.time);
    for (const supervisor of state.supervisors.values())
      if (isBusy(supervisor)) this.#supervise(supervisor.id);
  }

  /** The users' jobs that hold a lease. */
  get running(): ReadonlyMap<JobId, JobState> {
    return this.dispatcher.running;
  }

  nextSystem(): JobState | undefined {
    return this.#system.shift();
  }

  get hasReactions(): boolean {
    return this.#reacted < this.#reactions.length;
  }

  nextReaction(): Reaction | undefined {
    const reaction = this.#reactions[this.#reacted];
    if (reaction !== undefined) {
      this.#reacted += 1;
    } else if (this.#reacted > 0) {
      this.#reactions = [];
      this.#reacted = 0;
    }
    return reaction;
  }

  /**
   * An open job that still needs a settled one in the state: what succeeded is needed by nobody, but what ended badly
   * may be put back, and then those wait again that depend on it, and the parent that waits for its children.
   */
  neededBy(job: JobState): JobId | undefined {
    if (!failed(job)) return undefined;
    const { parent } = job.spec;
    if (parent !== undefined && isOpen(this.#state.jobs.get(parent))) return parent;
    const dependents = this.#dependents.get(job.id) ?? [];
    while (dependents.length > 0) {
      const last = dependents.at(-1);
      if (last !== undefined && isOpen(this.#state.jobs.get(last))) return last;
      dependents.pop();
    }
    return undefined;
  }

  /** Forgets jobs that are about to leave the state. */
  forget(jobs: readonly JobId[]): void {
    for (const id of jobs) {
      const job = this.#state.jobs.get(id);
      if (job !== undefined) this.families.forget(job);
      this.#dependents.delete(id);
    }
  }

  /** Takes in an event that was just applied. */
  observe(event: KernelEvent, now: Instant): void {
    if (!('job' in event) || event.job === undefined) {
      if ('supervisor' in event) this.#supervise(event.supervisor);
      return;
    }
    const job = this.#state.jobs.get(event.job);
    if (job === undefined) return;
    switch (event.type) {
      case 'job.submitted':
      case 'job.recalled':
        this.#admit(job, now);
        break;
      case 'job.debounced':
        // One that waited for a slot waits for its time again.
        if (this.dispatcher.remove(job, now)) this.#consider(job, now);
        break;
      case 'job.leased':
        this.#leased(job);
        break;
      case 'job.returned':
        this.#freed(job, now);
        if (!this.families.hasOpen(job.id)) this.#reactions.push({ what: 'children-settled', job: job.id });
        break;
      case 'job.attempt-failed':
      case 'job.interrupted':
      case 'job.suspended':
        this.#freed(job, now);
        this.#consider(job, now);
        break;
      case 'message.sent':
        // The message that ends a wait, and none after it.
        if (job.wait?.arrived !== undefined && job.wait.arrived === job.inbox?.newest) {
          this.#consider(job, now);
          this.due.prune();
        }
        break;
      case 'job.resumed':
        this.#minded(job);
        this.#consider(job, now);
        break;
      case 'job.released':
        this.#reopen(job, now);
        break;
      case 'supervisor.child-started':
        this.#supervise(event.supervisor);
        break;
      case 'job.held':
        this.dispatcher.remove(job, now);
        this.#freed(job, now);
        break;
      case 'job.cancelling':
        this.#stopped(job);
        this.due.push({ at: now + cancelGraceMs(job), id: job.id, what: 'cancel' });
        break;
      case 'job.succeeded':
      case 'job.failed':
      case 'job.cancelled':
        this.#settle(job, now);
        if (event.type === 'job.cancelled') this.#stopped(job);
        break;
      default:
    }
  }

  /** Puts a job back for which an entry rings, unless it was ready before, or is not to be yet. */
  wake(job: JobState, at: Instant, now: Instant): void {
    if (isExpected(job, at)) this.#consider(job, now);
  }

  #leased(job: JobState): void {
    if (isSystemKind(job.spec.kind)) this.systemRunning.set(job.id, job);
    else this.dispatcher.leased(job);
  }

  #freed(job: JobState, now: Instant): void {
    if (isSystemKind(job.spec.kind)) this.systemRunning.delete(job.id);
    else this.dispatcher.freed(job, now);
  }

  #admit(job: JobState, now: Instant): void {
    this.families.add(job);
    if (job.outcome !== undefined) return;
    this.#track(job);
    this.#link(job, true);
    this.#minded(job);
    if (job.returned !== undefined && !this.families.hasOpen(job.id)) {
      this.#reactions.push({ what: 'children-settled', job: job.id });
    }
    this.#consider(job, now);
  }

  /** What ended badly of what a job depends on has yet to be minded. */
  #minded(job: JobState): void {
    for (const id of job.spec.dependsOn ?? NONE) {
      if (failed(this.#state.jobs.get(id))) {
        this.#reactions.push({ what: 'dependency-failed', job: job.id, dependency: id });
      }
    }
  }

  /** Notes what a job waits for. A dependency that ended badly is noted, too: it may be put back. */
  #link(job: JobState, isNew: boolean): void {
    if (job.spec.dependsOn === undefined) return;
    let unmet = 0;
    for (const id of new Set(job.spec.dependsOn)) {
      const dependency = this.#state.jobs.get(id);
      // One that is not there has retired: had it ended badly, it would have been recalled with this job.
      if (dependency === undefined || dependency.outcome?.status === 'succeeded') continue;
      if (dependency.outcome === undefined) unmet += 1;
      const dependents = this.#dependents.get(id);
      if (dependents === undefined) this.#dependents.set(id, [job.id]);
      else if (isNew || !dependents.includes(job.id)) dependents.push(job.id);
    }
    if (unmet > 0) this.#unmet.set(job.id, unmet);
    else this.#unmet.delete(job.id);
  }

  /** A settled or held job is put back: it waits for its dependencies again, and its dependents for it. */
  #reopen(job: JobState, now: Instant): void {
    this.families.reopen(job);
    this.#track(job);
    this.#link(job, false);
    for (const dependent of this.#openDependents(job.id)) {
      this.#link(dependent, false);
      this.dispatcher.remove(dependent, now);
      // One that was to be tried again waits for something else now, which may need its lane.
      if (dependent.lease === undefined) this.dispatcher.freed(dependent, now);
    }
    this.#consider(job, now);
  }

  /** A supervisor may have something to do, and so may the one above it, which may wait for it. */
  #supervise(supervisor: string): void {
    this.#reactions.push({ what: 'supervision', supervisor });
    const above = parentOf(supervisor);
    if (above !== undefined) this.#reactions.push({ what: 'supervision', supervisor: above.supervisor });
  }

  /** A supervisor that stops a large family does so part by part: it goes on when one has been told. */
  #stopped({ spec }: JobState): void {
    if (this.#state.supervisors.size === 0) return;
    let { parent, supervision } = spec;
    while (supervision === undefined && parent !== undefined)
      ({ parent, supervision } = this.#state.jobs.get(parent)?.spec ?? {});
    const supervisor = spec.parent === undefined ? undefined : supervision?.supervisor;
    const last = this.#reacted < this.#reactions.length ? this.#reactions.at(-1) : undefined;
    const isNext = last?.what === 'supervision' && last.supervisor === supervisor;
    if (supervisor !== undefined && !isNext) this.#reactions.push({ what: 'supervision', supervisor });
  }

  #openDependents(id: JobId): JobState[] {
    const dependents = this.#dependents.get(id) ?? [];
    return dependents.flatMap((dependent) => {
      const job = this.#state.jobs.get(dependent);
      return job === undefined || job.outcome !== undefined ? [] : [job];
    });
  }

  #track(job: JobState): void {
    this.ticks.add(job);
    const { deadline } = job.spec;
    this.keys.add(job);
    if (deadline !== undefined) this.due.push({ at: deadline, id: job.id, what: 'deadline' });
  }

  #consider(job: JobState, now: Instant): void {
    if (job.outcome ?? job.held ?? job.lease ?? job.returned) return;
    if (this.#unmet.has(job.id)) return;
    const at = readyAt(job);
    if (at === Number.POSITIVE_INFINITY) return;
    if (at > now) {
      this.due.push({ at, id: job.id, what: 'ready' });
    } else if (isSystemKind(job.spec.kind)) {
      this.#system.push(job);
    } else {
      this.dispatcher.add(job, now);
    }
  }

  #settle(job: JobState, now: Instant): void {
    this.dispatcher.remove(job, now);
    this.#freed(job, now);
    this.#unmet.delete(job.id);
    this.ticks.settle(job);
    this.keys.remove(job);
    const parent = this.families.settle(job);
    if (parent !== undefined && this.#state.jobs.get(parent)?.returned !== undefined) {
      this.#reactions.push({ what: 'children-settled', job: parent });
    }
    this.#tellDependents(job, now);
    if (job.spec.supervision !== undefined) this.#supervise(job.spec.supervision.supervisor);
    this.due.prune();
  }

  #holds({ id, what, at }: Due): boolean {
    const job = this.#state.jobs.get(id as JobId);
    return job !== undefined && job.outcome === undefined && (what !== 'ready' || isExpected(job, at));
  }

  #tellDependents(job: JobState, now: Instant): void {
    if (!this.#dependents.has(job.id)) return;
    const dependents = this.#openDependents(job.id);
    // What succeeded is never put back; what ended badly may be, and then they wait again.
    if (failed(job) && dependents.length > 0) {
      this.#dependents.set(
        job.id,
        dependents.map(({ id }) => id),
      );
    } else {
      this.#dependents.delete(job.id);
    }
    for (const dependent of dependents) {
      const left = (this.#unmet.get(dependent.id) ?? 0) - 1;
      if (left > 0) this.#unmet.set(dependent.id, left);
      else this.#unmet.delete(dependent.id);
      if (failed(job) && minds(dependent)) {
        this.#reactions.push({ what: 'dependency-failed', job: dependent.id, dependency: job.id });
      } else if (left <= 0) {
        this.#consider(dependent, now);
      }
    }
  }
}

function cancelGraceMs({ spec }: JobState): number {
  return spec.supervision?.shutdownMs ?? CANCEL_GRACE_MS;
}

/** Whether the time of a handler that was told to stop is over, by the entry that rings. One of an earlier lease says nothing. */
export function isGraceOver(job: JobState, at: Instant): boolean {
  if (job.lease === undefined || job.cancelling === undefined) return false;
  return job.lease.startedAt <= at - cancelGraceMs(job);
}

/** Whether an entry is still the one by which a job becomes ready. One that was put off goes on by its first. */
function isExpected(job: JobState, at: Instant): boolean {
  return readyAt(job) === at || job.spec.debounce !== undefined;
}

function isOpen(job: JobState | undefined): boolean {
  return job !== undefined && job.outcome === undefined;
}

function failed(job: JobState | undefined): boolean {
  return job?.outcome !== undefined && job.outcome.status !== 'succeeded';
}

/** Whether the failure of a dependency changes what becomes of a job. */
export function minds(job: JobState): boolean {
  return job.spec.onDependencyFailure !== 'run' && !job.dependenciesWaived && job.held === undefined;
}
