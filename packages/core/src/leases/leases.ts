import { KernelError, toStored } from '@tksm/abstractions';
import type { Clock, Instant, RejectedResult, TaskKind } from '@tksm/abstractions';
import { UNBOUNDED_MS } from '../boot/lifecycle.ts';
import type { Attempt } from '../jobs/attempt.ts';
import { decideFailure, rejected } from '../jobs/settlement.ts';
import type { Engine } from '../kernel/engine.ts';
import { Expiries } from './expiries.ts';
import { Heartbeat } from './heartbeat.ts';

/** Longest name of a worker. */
const MAX_WORKER_NAME = 128;

/**
 * The leases of this incarnation, from when they are given until they end: with a result, or here, when their time or
 * their handler's silence is over. Guarantees: a lease ends once, under its own epoch; one that has ended is not looked
 * at again; time is elapsed time (ADR 0036).
 */
export class Leases {
  readonly #engine: Engine;
  readonly #expiries: Expiries;

  constructor(engine: Engine, clock: Clock) {
    this.#engine = engine;
    this.#expiries = new Expiries(clock);
  }

  /** When a lease may end next, in the zone's time. */
  get nextLook(): Instant {
    return this.#expiries.nextLook;
  }

  /** A lease was given. One without an end needs no timer: an idle kernel never wakes up. */
  begin(attempt: Attempt, timeoutMs: number, kind: TaskKind): void {
    if (timeoutMs < UNBOUNDED_MS / 2) this.#expiries.add(attempt, timeoutMs);
    const { heartbeatMs } = kind;
    if (heartbeatMs === undefined) return;
    attempt.heartbeat = new Heartbeat(() => {
      const message = `the handler gave no sign of life for ${heartbeatMs} ms`;
      this.#fail(attempt, new KernelError('HandlerStalled', message, { data: { heartbeatMs } }));
    });
    this.#expiries.add(attempt.heartbeat, heartbeatMs);
  }

  /** The attempt has ended. */
  end(attempt: Attempt): void {
    this.#expiries.remove(attempt);
    if (attempt.heartbeat !== undefined) this.#expiries.remove(attempt.heartbeat);
    const { onLeaseEnd } = attempt;
    if (onLeaseEnd === undefined) return;
    attempt.onLeaseEnd = undefined;
    onLeaseEnd();
  }

  heartbeat(attempt: Attempt): void {
    if (attempt.heartbeat !== undefined) this.#expiries.renew(attempt.heartbeat);
  }

  /** Ends the leases whose time is over. */
  expire(): void {
    this.#expiries.expire();
  }

  timedOut(attempt: Attempt): void {
    const { lease } = attempt.job;
    if (lease === undefined) return;
    const message = `the attempt ran longer than ${lease.until - lease.startedAt} ms`;
    this.#fail(attempt, new KernelError('TimedOut', message));
  }

  /** Records who runs an attempt; nothing when its lease has ended. @throws KernelError `InvalidInput`, `InvalidValue` */
  assign(attempt: Attempt, worker: string): void {
    const { job, epoch } = attempt;
    if (typeof worker !== 'string' || worker.length === 0 || worker.length > MAX_WORKER_NAME) {
      throw new KernelError('InvalidInput', `a worker's name has 1 to ${MAX_WORKER_NAME} characters`);
    }
    toStored(worker);
    if (!this.holds(attempt)) return;
    attempt.assigned = true;
    this.#engine.commit([{ type: 'job.assigned', v: 1, job: job.id, epoch, worker }]);
  }

  /** Records that a worker answered under a lease that is not its own. */
  reject({ job }: Attempt, result: RejectedResult, epoch: number): void {
    if (this.#engine.abandoned || this.#engine.job(job.id) === undefined) return;
    this.#engine.commit([rejected(job, Number.isSafeInteger(epoch) && epoch >= 0 ? epoch : 0, result)]);
  }

  /** Whether what the attempt does still counts. */
  holds({ job, epoch }: Attempt): boolean {
    return job.lease?.epoch === epoch && !this.#engine.abandoned;
  }

  #fail(attempt: Attempt, error: KernelError): void {
    const holds = this.holds(attempt);
    if (holds) attempt.abort(error);
    this.end(attempt);
    if (!holds) return;
    this.#engine.commit([decideFailure(attempt.job, error.toJSON(), this.#engine.now)]);
  }
}
