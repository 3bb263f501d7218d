// The jobs of a zone as its events tell them. Each event is checked against what may follow what came before.

import type { JobId, JobRecord, KernelEvent, SerializedError } from '@tksm/abstractions';
import { endedBadly, isSystemJob, newJob } from './audited-job.ts';
import type { AuditedJob } from './audited-job.ts';
import type { LeaseRules } from './lease-rules.ts';
import { endWait, receive, suspend } from './audited-waits.ts';
import { obstacleOf } from './readiness.ts';
import { checkGivenUp, checkRetry } from './retry-rules.ts';
import { mustHold, Violation } from './violation.ts';

type Submitted = Extract<KernelEvent, { readonly type: 'job.submitted' }>;
/** An event of a job that is there already. */
export type JobEvent = Exclude<Extract<KernelEvent, { readonly job: JobId }>, Submitted> | Effect;
/** What an attempt did. */
type Effect = Extract<KernelEvent, { readonly type: 'world.rewritten' | 'fact.emitted' }> & {
  readonly job: JobId;
};
type Ended = Extract<JobEvent, { readonly type: 'job.succeeded' | 'job.failed' | 'job.cancelled' }>;

/** What a check says when it fails, and when the event was. */
interface Moment {
  readonly what: string;
  readonly position: number;
  readonly time: number;
}

export class AuditedJobs {
  readonly #jobs = new Map<JobId, AuditedJob>();
  /** Those that are open and hold no lease. */
  readonly #waiting = new Set<AuditedJob>();
  readonly #children = new Map<JobId, JobId[]>();
  /** The open job of each kind and dedup key. */
  readonly #deduplicated = new Map<string, JobId>();
  /** How long a job is remembered by its key though it is over. */
  readonly #windows = new Map<string, { readonly job: JobId; readonly until: number }>();
  /** Attempts whose handlers came back with a result. */
  readonly #returned = new Set<string>();
  readonly #rules: LeaseRules;

  constructor(rules: LeaseRules) {
    this.#rules = rules;
  }

  /** Attempts that hold a lease, those of the kernel's own jobs aside. */
  get running(): number {
    return this.#rules.running;
  }

  /** Those that are open and hold no lease. */
  get waiting(): ReadonlySet<AuditedJob> {
    return this.#waiting;
  }

  has(id: JobId): boolean {
    return this.#jobs.has(id);
  }

  get(id: JobId): AuditedJob | undefined {
    return this.#jobs.get(id);
  }

  values(): IterableIterator<AuditedJob> {
    return this.#jobs.values();
  }

  /** A handler came back with a result, under its own lease. */
  handlerReturned(job: JobId, epoch: number): void {
    this.#returned.add(`${job} ${epoch}`);
  }

  childrenOf(job: JobId): readonly JobId[] {
    return this.#children.get(job) ?? [];
  }

  submit({ job: id, spec }: Submitted, at: { readonly position: number; readonly time: number }): void {
    mustHold('submitted-once', !this.#jobs.has(id), `job ${id} is submitted twice`);
    for (const other of spec.dependsOn ?? [])
      mustHold('valid-events', this.#jobs.has(other), `job ${id} waits for ${other}, which nobody knows`);
    const job = newJob(id, spec, at);
    this.#jobs.set(id, job);
    this.#waiting.add(job);
    this.#takeKey(job, `job ${id}`);
    this.#takeWindow(job, at.time);
    if (spec.parent === undefined) return;
    const siblings = this.#children.get(spec.parent);
    if (siblings === undefined) this.#children.set(spec.parent, [id]);
    else siblings.push(id);
  }

  observe(event: JobEvent, position: number, time: number): void {
    const job = this.#jobs.get(event.job);
    if (job === undefined)
      throw new Violation('valid-events', `event ${position} names job ${event.job}, which is unknown`);
    const what = `${event.type} at ${position} for ${job.spec.kind} ${job.id}`;
    if ('epoch' in event && event.type !== 'job.leased' && event.type !== 'job.result-rejected') {
      const { epoch } = event;
      mustHold('leases-fence', epoch === job.epoch, `${what} is under epoch ${epoch}, not ${job.epoch}`);
    }
    const isAbout = ['job.recalled', 'job.result-rejected', 'job.deduplicated'].includes(event.type);
    const rests = !job.retired || isAbout;
    mustHold('retired-rests', rests, `${what}, which has retired`);
    this.#apply(job, event, { what, position, time });
    if (isAbout) return;
    job.touched = position;
    const isOver = job.settled !== undefined || job.held || job.returned || job.wait !== undefined;
    if (job.lease === undefined && (isOver || this.#isBlocked(job)))
      this.#rules.gaveUp(job, { what, position, time });
    if (event.type === 'job.released') {
      for (const other of this.#waiting)
        if (other.spec.dependsOn?.includes(job.id) === true)
          this.#rules.gaveUp(other, { what, position, time });
    }
    if (job.settled === undefined && job.lease === undefined) this.#waiting.add(job);
    else this.#waiting.delete(job);
  }

  /** Whether something that a job depends on is open: it may have been put back after the job had begun. */
  #isBlocked({ spec }: AuditedJob): boolean {
    return (spec.dependsOn ?? []).some((id) => this.#jobs.get(id)?.settled === undefined);
  }

  #apply(job: AuditedJob, event: JobEvent, moment: Moment): void {
    const { what } = moment;
    switch (event.type) {
      case 'job.leased':
        this.#lease(job, event.epoch, moment);
        break;
      case 'job.stepped':
        needsLease(job, what);
        mustHold('steps-once', !job.steps.has(event.name), `${what} repeats step ${event.name}`);
        job.steps.add(event.name);
        endWait(job, event, what);
        break;
      case 'job.assigned':
      case 'job.progressed':
      case 'world.rewritten':
      case 'fact.emitted':
        needsLease(job, what);
        break;
      case 'job.suspended':
        needsLease(job, what);
        suspend(job, event, what);
        job.triedSince = undefined;
        this.#unlease(job, moment, 'well');
        break;
      case 'message.sent':
        receive(job, event, moment);
        break;
      case 'job.interrupted':
      case 'job.attempt-failed':
      case 'job.returned':
        this.#endAttempt(job, event, moment);
        break;
      case 'job.succeeded':
      case 'job.failed':
      case 'job.cancelled':
        this.#settle(job, event, moment);
        break;
      case 'job.held':
        mustHold('settled-once', job.settled === undefined, what);
        checkPolicy(job, event.error, 'hold', what);
        this.#unlease(job, moment);
        job.held = true;
        break;
      case 'job.resumed':
        mustHold('settled-once', job.settled === undefined && job.held, what);
        job.held = false;
        this.#rules.resumed(job);
        break;
      case 'job.released':
        this.#release(job, what);
        break;
      case 'job.recalled':
        this.#recall(job, event.record, what);
        break;
      case 'job.deduplicated':
        this.#checkTwin(job, moment);
        break;
      case 'job.debounced':
        mustHold('one-a-key', job.epoch === 0 && job.settled === undefined, `${what}, which has begun`);
        job.spec = { ...job.spec, notBefore: event.notBefore };
        break;
      default:
    }
  }

  #lease(job: AuditedJob, epoch: number, moment: Moment): void {
    const { what, time } = moment;
    const obstacle = obstacleOf(job, time, this);
    if (obstacle !== undefined) throw new Violation(obstacle[0], `${what}, ${obstacle[1]}`);
    mustHold('leases-fence', epoch > job.epoch, `${what} under epoch ${epoch} after ${job.epoch}`);
    this.#rules.choosing(job, this, moment);
    job.epoch = epoch;
    job.lease = epoch;
    job.wait = undefined;
    job.retryAt = 0;
    job.leasedAt = time;
    job.triedSince ??= time;
    this.#rules.leased(job, moment);
  }

  #endAttempt(
    job: AuditedJob,
    event: Extract<JobEvent, { readonly type: 'job.interrupted' | 'job.attempt-failed' | 'job.returned' }>,
    moment: Moment,
  ): void {
    const { what } = moment;
    needsLease(job, what);
    const end = event.type === 'job.attempt-failed' ? event.error : 'well';
    this.#unlease(job, moment, event.type === 'job.interrupted' ? undefined : end);
    if (event.type === 'job.returned') {
      this.#checkResult(job, what);
      job.returned = true;
    }
    if (event.type !== 'job.attempt-failed') return;
    checkRetry(job, event.retryAt, { ...moment, error: event.error });
    job.retryAt = event.retryAt;
    job.failures += 1;
  }

  #settle(job: AuditedJob, event: Ended, moment: Moment): void {
    const { what, time } = moment;
    mustHold('settled-once', job.settled === undefined, `${what}, which has ${job.settled ?? ''}`);
    if (event.type === 'job.succeeded') {
      mustHold('leases-fence', job.lease !== undefined || job.returned, `${what} without a lease`);
      if (job.lease !== undefined) this.#checkResult(job, what);
      const open =
        job.spec.childPolicy === 'await' &&
        this.childrenOf(job.id).some((id) => !this.#jobs.get(id)?.settled);
      mustHold('parents-wait', !open, `${what} before its children`);
    } else if (event.error.code === 'DeadlineExceeded' && job.spec.deadline !== undefined) {
      const { deadline } = job.spec;
      mustHold('deadlines-end', time >= deadline, `${what} at ${time}, before its deadline ${deadline}`);
    } else if (event.type === 'job.cancelled') checkPolicy(job, event.error, 'cancel', what);
    else if (job.lease !== undefined) checkGivenUp(job, { ...moment, error: event.error });
    const end = event.type === 'job.failed' ? event.error : 'well';
    this.#unlease(job, moment, event.type === 'job.cancelled' ? undefined : end);
    job.returned = false;
    job.held = false;
    job.wait = undefined;
    job.settled = event.type.slice(4) as AuditedJob['settled'];
    const key = keyOf(job);
    if (key !== undefined && this.#deduplicated.get(key) === job.id) this.#deduplicated.delete(key);
  }

  /** A result is that of the handler that holds the lease, and of no other. */
  #checkResult(job: AuditedJob, what: string): void {
    const isOwn = isSystemJob(job) || this.#returned.has(`${job.id} ${job.epoch}`);
    mustHold('results-are-own', isOwn, `${what}, whose handler under epoch ${job.epoch} has not come back`);
  }

  #release(job: AuditedJob, what: string): void {
    mustHold(
      'completed-never-runs',
      endedBadly(job) || job.held,
      `${what}, which neither failed nor is held`,
    );
    job.settled = undefined;
    job.held = false;
    job.waived = true;
    job.retryAt = 0;
    job.failures = 0;
    job.triedSince = undefined;
    this.#takeKey(job, what);
  }

  /** Jobs left the state: they are over, and were not retired before. */
  retire(ids: readonly JobId[], position: number): void {
    for (const id of ids) {
      const job = this.#jobs.get(id);
      const isOver = job?.settled !== undefined && !job.retired;
      mustHold('retires-settled', isOver, `${id} is retired at ${position}, and is not over`);
      if (job !== undefined) job.retired = true;
    }
  }

  #recall(job: AuditedJob, { outcome, epoch }: JobRecord, what: string): void {
    mustHold('retired-rests', job.retired, `${what}, which has not retired`);
    const isSame = outcome?.status === job.settled && epoch === job.epoch;
    mustHold('retired-rests', isSame, `${what} as ${outcome?.status ?? 'open'}, epoch ${epoch}`);
    job.retired = false;
  }

  /** A submission is another job: one that is open, or whose window is. */
  #checkTwin(job: AuditedJob, { what, time }: Moment): void {
    const isOpen = job.settled === undefined;
    const { until } = this.#windows.get(keyOf(job) ?? '') ?? { until: 0 };
    mustHold('one-a-key', isOpen || time < until, `${what}, which has ${job.settled ?? ''}`);
  }

  #takeKey(job: AuditedJob, what: string): void {
    const key = keyOf(job);
    if (key === undefined) return;
    const twin = this.#deduplicated.get(key) ?? job.id;
    mustHold('one-a-key', twin === job.id, `${what} has the dedup key of ${twin}, which is open`);
    this.#deduplicated.set(key, job.id);
  }

  /** While the window of another job with the key is open, a submission is that job. */
  #takeWindow(job: AuditedJob, time: number): void {
    const key = keyOf(job);
    if (key === undefined) return;
    const before = this.#windows.get(key);
    const message = `job ${job.id} is submitted while ${before?.job ?? ''} is remembered`;
    mustHold('one-a-key', before === undefined || before.until <= time, message);
    const { dedupWindowMs } = job.spec;
    if (dedupWindowMs !== undefined) this.#windows.set(key, { job: job.id, until: time + dedupWindowMs });
  }

  #unlease(job: AuditedJob, moment: Moment, end?: 'well' | SerializedError): void {
    if (job.lease !== undefined) this.#rules.ended(job, end, moment);
    job.lease = undefined;
  }
}

function needsLease(job: AuditedJob, what: string): void {
  mustHold('leases-fence', job.lease !== undefined, `${what} without a lease`);
}

/** What a failed dependency does to a job is what the job asked for. */
function checkPolicy(job: AuditedJob, error: SerializedError, policy: 'cancel' | 'hold', what: string): void {
  if (error.code !== 'DependencyFailed') return;
  const asked = job.spec.onDependencyFailure ?? 'cancel';
  mustHold('dependents-settle', asked === policy && !job.waived, `${what}, which asked for ${asked}`);
}

function keyOf({ spec }: AuditedJob): string | undefined {
  return spec.dedupKey === undefined ? undefined : `${spec.kind}\n${spec.dedupKey}`;
}
