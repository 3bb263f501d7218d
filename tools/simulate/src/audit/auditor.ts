// Reads every frame as it becomes durable, and keeps its own account of what the events mean. It shares no code with the
// kernel's `apply`: where both are wrong they must be wrong in the same way.

import type { Frame, JobId, KernelEvent, LogHead } from '@tksm/abstractions';
import { NO_HASH } from '@tksm/abstractions';
import { isSystemJob, newJob } from './audited-job.ts';
import type { AuditedJob } from './audited-job.ts';
import { Violation } from './violation.ts';

type JobEvent = Exclude<Extract<KernelEvent, { readonly job: JobId }>, { readonly type: 'job.submitted' }>;

interface Known {
  readonly position: number;
  readonly hash: string;
}

export class Auditor {
  readonly jobs = new Map<JobId, AuditedJob>();
  /** Event of each type. */
  readonly counts = new Map<string, number>();
  readonly #frames: Known[] = [];
  readonly #commands = new Map<string, number>();
  readonly #children = new Map<JobId, JobId[]>();
  readonly #concurrency: number;
  #head: LogHead = { position: 0, hash: NO_HASH, epoch: 0, time: 0 };
  #acknowledged = 0;
  #running = 0;
  #claimed = 0;

  constructor(concurrency: number) {
    this.#concurrency = concurrency;
  }

  get head(): LogHead {
    return this.#head;
  }

  /** Frames seen, as one text. */
  get hash(): string {
    return this.#head.hash;
  }

  /** Whether a command id has its outcome. */
  knows(cmd: string): boolean {
    return this.#commands.has(cmd);
  }

  childrenOf(job: JobId): readonly JobId[] {
    return this.#children.get(job) ?? [];
  }

  /** A frame whose append was answered `committed`. */
  committed(frame: Frame): void {
    this.#fold(frame);
    this.#acknowledged = this.#frames.length;
  }

  /**
   * The whole log as it is read after a recovery: what was acknowledged and at most one frame more. `forgivenFrom` is
   * the position from which a lying disk may have lost what it had promised.
   */
  recovered(frames: readonly Frame[]): void {
    for (const [index, known] of this.#frames.entries()) {
      const frame = frames[index];
      if (frame?.hash === known.hash && frame.position === known.position) continue;
      if (index >= this.#acknowledged)
        throw new Violation('frame-vanished', `the frame at ${known.position} was read once`);
      throw new Violation('acknowledged-lost', `the frame at ${known.position} was acknowledged`);
    }
    const more = frames.slice(this.#frames.length);
    if (more.length > 1)
      throw new Violation('frames-from-nowhere', `${more.length} frames that nobody appended`);
    for (const frame of more) this.#fold(frame);
    this.#acknowledged = this.#frames.length;
  }

  /** Frames that a log has lost of those acknowledged: the position of the first. */
  firstMissing(frames: readonly Frame[]): number | undefined {
    return this.#frames.find(({ hash }, index) => frames[index]?.hash !== hash)?.position;
  }

  /** Checks what must hold whenever the kernel has nothing to do: consequences were drawn. */
  checkConsequences(): void {
    for (const job of this.jobs.values()) {
      if (job.settled !== undefined || job.held || job.waived || job.returned || job.lease !== undefined)
        continue;
      if ((job.spec.onDependencyFailure ?? 'cancel') === 'run') continue;
      const bad = job.spec.dependsOn?.find((id) => isBad(this.jobs.get(id)));
      if (bad !== undefined)
        throw new Violation('dependents-settle', `${job.id} still waits for ${bad}, which failed`);
    }
  }

  /** Checks that whatever is open waits for something that can come. */
  checkNothingStuck(): void {
    this.checkConsequences();
    for (const job of this.jobs.values()) {
      if (job.settled !== undefined || job.held || isSystemJob(job)) continue;
      const waits = job.returned
        ? this.childrenOf(job.id).some((id) => this.jobs.get(id)?.settled === undefined)
        : (job.spec.dependsOn ?? []).some((id) => this.jobs.get(id)?.settled === undefined);
      if (!waits)
        throw new Violation('nothing-stuck', `${job.spec.kind} ${job.id} is open, and nothing will end it`);
    }
  }

  #fold(frame: Frame): void {
    const { position, hash, epoch, time, previousHash, count } = frame;
    const before = this.#head;
    check('dense', position === before.position, `a frame at ${position} follows ${before.position}`);
    check('chained', previousHash === before.hash, `the frame at ${position} does not continue the chain`);
    check('time-goes-on', time >= before.time, `the frame at ${position} is earlier than the one before`);
    check('epochs-grow', epoch >= before.epoch, `the frame at ${position} has a lower epoch`);
    const events = JSON.parse(new TextDecoder().decode(frame.payload)) as KernelEvent[];
    check(
      'dense',
      events.length === count && count > 0,
      `the frame at ${position} has another number of events`,
    );
    for (const [index, event] of events.entries()) this.#event(event, position + index, time);
    check(
      'epochs-grow',
      epoch === this.#claimed,
      `the frame at ${position} has epoch ${epoch}, claimed is ${this.#claimed}`,
    );
    this.#frames.push({ position, hash });
    this.#head = { position: position + count, hash, epoch, time };
  }

  #event(event: KernelEvent, position: number, time: number): void {
    this.counts.set(event.type, (this.counts.get(event.type) ?? 0) + 1);
    const valid = typeof event.type === 'string' && Number.isSafeInteger(event.v) && event.v >= 1;
    check('valid-events', valid, `event ${position} has no type or version`);
    if ('cmd' in event && event.cmd !== undefined) {
      const first = this.#commands.get(event.cmd);
      check(
        'one-outcome',
        first === undefined,
        `command ${event.cmd} has outcomes at ${first ?? 0} and ${position}`,
      );
      this.#commands.set(event.cmd, position);
    }
    if (event.type === 'zone.created')
      check('valid-events', position === 0, `the zone is created at ${position}`);
    else if (event.type === 'sequencer.claimed') this.#claim(event.epoch);
    else if (event.type === 'job.submitted') this.#submit(event);
    else if ('job' in event && event.job !== undefined) this.#jobEvent(event as JobEvent, position, time);
  }

  #claim(epoch: number): void {
    check('epochs-grow', epoch === this.#claimed + 1, `epoch ${epoch} is claimed after ${this.#claimed}`);
    this.#claimed = epoch;
  }

  #submit({ job, spec }: Extract<KernelEvent, { readonly type: 'job.submitted' }>): void {
    check('submitted-once', !this.jobs.has(job), `job ${job} is submitted twice`);
    for (const id of spec.dependsOn ?? []) check('valid-events', id !== job, `job ${job} waits for itself`);
    this.jobs.set(job, newJob(job, spec));
    if (spec.parent === undefined) return;
    const siblings = this.#children.get(spec.parent);
    if (siblings === undefined) this.#children.set(spec.parent, [job]);
    else siblings.push(job);
  }

  #jobEvent(event: JobEvent, position: number, time: number): void {
    const job = this.jobs.get(event.job);
    if (job === undefined)
      throw new Violation('valid-events', `event ${position} names job ${event.job}, which is unknown`);
    const what = `${event.type} at ${position} for ${job.spec.kind} ${job.id}`;
    if ('epoch' in event && event.type !== 'job.leased' && event.type !== 'job.result-rejected') {
      check(
        'leases-fence',
        event.epoch === job.epoch,
        `${what} is under epoch ${event.epoch}, not ${job.epoch}`,
      );
    }
    switch (event.type) {
      case 'job.leased':
        this.#lease(job, event.epoch, time, what);
        break;
      case 'job.stepped':
        this.#needsLease(job, what);
        check('steps-once', !job.steps.has(event.name), `${what} repeats step ${event.name}`);
        job.steps.add(event.name);
        break;
      case 'job.progressed':
        this.#needsLease(job, what);
        break;
      case 'job.interrupted':
      case 'job.attempt-failed':
      case 'job.returned':
        this.#needsLease(job, what);
        this.#unlease(job);
        if (event.type === 'job.attempt-failed') job.retryAt = event.retryAt;
        if (event.type === 'job.returned') job.returned = true;
        break;
      case 'job.succeeded':
      case 'job.failed':
      case 'job.cancelled':
        this.#settle(job, event.type, what);
        break;
      case 'job.held':
        check('settled-once', job.settled === undefined, what);
        this.#unlease(job);
        job.held = true;
        break;
      case 'job.released':
        this.#release(job, what);
        break;
      default:
    }
  }

  #lease(job: AuditedJob, epoch: number, time: number, what: string): void {
    check('completed-never-runs', job.settled === undefined, `${what}, which has ${job.settled ?? ''}`);
    check('leases-fence', job.lease === undefined, `${what}, which has a lease`);
    check('leases-fence', epoch > job.epoch, `${what} under epoch ${epoch} after ${job.epoch}`);
    check('leases-wait', !job.held && !job.returned, `${what}, which is held or has returned`);
    const ready = Math.max(job.retryAt, job.spec.notBefore ?? 0);
    check('leases-wait', time >= ready, `${what} at ${time}, before ${ready}`);
    const runs = job.waived || job.spec.onDependencyFailure === 'run';
    for (const id of job.spec.dependsOn ?? []) {
      const end = this.jobs.get(id)?.settled;
      check(
        'leases-wait',
        end === 'succeeded' || (runs && end !== undefined),
        `${what}, whose dependency ${id} has not`,
      );
    }
    job.epoch = epoch;
    job.lease = epoch;
    job.retryAt = 0;
    if (isSystemJob(job)) return;
    this.#running += 1;
    check('concurrency-bound', this.#running <= this.#concurrency, `${what}: ${this.#running} run at a time`);
  }

  #settle(job: AuditedJob, type: 'job.succeeded' | 'job.failed' | 'job.cancelled', what: string): void {
    check('settled-once', job.settled === undefined, `${what}, which has ${job.settled ?? ''}`);
    if (type === 'job.succeeded') {
      check('leases-fence', job.lease !== undefined || job.returned, `${what} without a lease`);
      const open =
        job.spec.childPolicy === 'await' && this.childrenOf(job.id).some((id) => !this.jobs.get(id)?.settled);
      check('parents-wait', !open, `${what} before its children`);
    }
    this.#unlease(job);
    job.returned = false;
    job.held = false;
    job.settled = type.slice(4) as AuditedJob['settled'];
  }

  #release(job: AuditedJob, what: string): void {
    const over = job.settled === 'failed' || job.settled === 'cancelled';
    check('completed-never-runs', over || job.held, `${what}, which neither failed nor is held`);
    job.settled = undefined;
    job.held = false;
    job.waived = true;
    job.retryAt = 0;
  }

  #needsLease(job: AuditedJob, what: string): void {
    check('leases-fence', job.lease !== undefined, `${what} without a lease`);
  }

  #unlease(job: AuditedJob): void {
    if (job.lease !== undefined && !isSystemJob(job)) this.#running -= 1;
    job.lease = undefined;
  }
}

function isBad(job: AuditedJob | undefined): boolean {
  return job?.settled === 'failed' || job?.settled === 'cancelled';
}

function check(rule: string, holds: boolean, message: string): void {
  if (!holds) throw new Violation(rule, message);
}
