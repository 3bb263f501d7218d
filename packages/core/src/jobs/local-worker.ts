import { isSystemKind, KernelError } from '@tksm/abstractions';
import type {
  Command,
  DriverCalled,
  JobId,
  KernelEvent,
  OpenWait,
  Progress,
  RightUse,
  SerializedError,
  StoredObject,
  TaskKind,
  WorldRewritten,
} from '@tksm/abstractions';
import { handleEnded } from '../authority/denial.ts';
import { askedBy, checkClaims } from '../authority/uses.ts';
import type { DriverRegistry } from '../drivers/driver-registry.ts';
import { deliver } from '../inbox/delivery.ts';
import type { Quotas } from '../admission/quotas.ts';
import type { Engine } from '../kernel/engine.ts';
import type { KernelPorts } from '../kernel/ports.ts';
import { DEFAULT_TIMEOUT_MS } from '../submit/job-spec.ts';
import type { JobState } from '../state/job-state.ts';
import type { Leases } from '../leases/leases.ts';
import { checkGiven } from '../sealing/giver.ts';
import type { Sealer } from '../sealing/sealer.ts';
import { submissions } from '../submit/submissions.ts';
import type { Submitter } from '../submit/submitter.ts';
import { LOCAL_WORKER } from '../scheduler/affinity/workforce.ts';
import { Attempt } from './attempt.ts';
import type { AttemptHost, TakenStep } from './attempt-host.ts';
import { recordedError } from './job-error.ts';
import { decideFailure, decideResult, leaseLost, rejected } from './settlement.ts';
import type { AttemptResult } from './settlement.ts';

/** A running job's progress reaches the log at most this often. */
const PROGRESS_SAMPLE_MS = 1_000;
/** Attempts of the kernel's own life at one time: its run, and a drain. */
const MAX_LIFECYCLE = 2;

const NOTHING: readonly KernelEvent[] = [];

/** What the worker needs of the kernel around it. */
export interface WorkerHome {
  readonly engine: Engine;
  readonly submitter: Submitter;
  readonly ports: KernelPorts;
  readonly sealer: Sealer;
  readonly leases: Leases;
  readonly quotas: Quotas;
  readonly drivers: DriverRegistry;
  find(kind: string, version: number): TaskKind | undefined;
  taskOf(command: Command): TaskKind;
  progressed(job: JobId, progress: Progress): void;
}

/**
 * Runs handlers in this process. Guarantees: a handler starts only when its lease is durable; a result is recorded
 * together with the attempt's effects, and only under the job's current lease.
 */
export class LocalWorker implements AttemptHost {
  readonly engine: Engine;
  readonly submitter: Submitter;
  readonly ports: KernelPorts;
  readonly sealer: Sealer;
  readonly leases: Leases;
  readonly drivers: DriverRegistry;
  readonly #home: WorkerHome;
  readonly #attempts = new Map<JobId, Attempt>();
  readonly #sampled = new Map<JobId, number>();

  constructor(home: WorkerHome) {
    this.#home = home;
    this.engine = home.engine;
    this.submitter = home.submitter;
    this.ports = home.ports;
    this.sealer = home.sealer;
    this.leases = home.leases;
    this.drivers = home.drivers;
  }

  get running(): number {
    return this.#attempts.size;
  }

  /** Records the lease of a ready job and starts it once that is durable. A job whose code is gone is held. */
  lease(job: JobState): void {
    if (job.outcome !== undefined || job.lease !== undefined) return;
    const { id } = job;
    const { kind: name, version, timeoutMs = DEFAULT_TIMEOUT_MS, deadline } = job.spec;
    // Too late to begin: its deadline is due, and ends it.
    if (deadline !== undefined && deadline <= this.engine.now) return;
    if (!this.engine.authority.isLive(job.by, this.engine.now)) {
      const error = handleEnded(job.by).toJSON();
      this.engine.record({ type: 'job.failed', v: 1, job: id, epoch: job.epoch, error });
      return;
    }
    const kind = this.#home.find(name, version);
    if (kind === undefined) {
      const message = `no code for ${name} version ${version} is registered`;
      this.engine.record({
        type: 'job.held',
        v: 1,
        job: id,
        error: { code: 'CodeMissing', message, data: { kind: name, version } },
      });
      return;
    }
    const until = Math.min(this.engine.now + timeoutMs, deadline ?? Number.POSITIVE_INFINITY);
    const leased = {
      type: 'job.leased',
      v: 1,
      job: id,
      epoch: job.epoch + 1,
      worker: this.#workerFor(job),
      until,
    } as const;
    const tokens = this.#home.quotas.tokensFor(job, this.engine.now);
    this.engine.record(tokens === undefined ? leased : { ...leased, tokens });
    const attempt = new Attempt(this, job, kind);
    this.leases.begin(attempt, timeoutMs, kind);
    this.engine.wait({
      durable: () => {
        this.#start(attempt);
      },
      lost: () => undefined,
    });
  }

  #workerFor({ spec: { affinity } }: JobState): string {
    if (affinity === undefined) return LOCAL_WORKER;
    return this.engine.agenda.dispatcher.workforce.choose(affinity) ?? LOCAL_WORKER;
  }

  /** Tells a running handler to stop. What it then does counts, as long as its lease does. */
  abort(id: JobId, reason: KernelError): void {
    this.#attempts.get(id)?.abort(reason);
  }

  /** Tells every running handler of the users' jobs to stop. */
  abortAll(reason: KernelError): void {
    for (const attempt of this.#attempts.values())
      if (!isSystemKind(attempt.job.spec.kind)) attempt.abort(reason);
  }

  taskOf(command: Command): TaskKind {
    return this.#home.taskOf(command);
  }

  finished(attempt: Attempt, result: AttemptResult): void {
    const { job } = attempt;
    this.#forget(attempt);
    // The log failed under this attempt: the job is leased anew once the zone has recovered.
    if (this.engine.abandoned) return;
    if (job.lease?.epoch !== attempt.epoch) {
      this.engine.commit([rejected(job, attempt.epoch, result.ok ? 'succeeded' : 'failed')]);
      return;
    }
    try {
      this.engine.commit(this.#ending(attempt, result));
    } catch (thrown) {
      this.engine.commit([decideFailure(job, recordedError(thrown), this.engine.now)]);
    }
  }

  async stepped(attempt: Attempt, { name, output, received }: TakenStep): Promise<void> {
    const { job, epoch } = attempt;
    const read = received === undefined ? {} : { received };
    this.#commitLeased(attempt, { type: 'job.stepped', v: 1, job: job.id, epoch, name, output, ...read });
    attempt.context?.done?.clear();
    await this.engine.durable();
  }

  suspend(attempt: Attempt, wait: OpenWait): void {
    const { job, epoch } = attempt;
    this.#commitLeased(attempt, { type: 'job.suspended', v: 1, job: job.id, epoch, ...wait });
    this.#forget(attempt);
    attempt.suspend();
  }

  /** Records what an attempt came to under its lease, after its effects. @throws KernelError `LeaseLost`, `Cancelled` */
  #commitLeased(attempt: Attempt, event: KernelEvent): void {
    const { job, epoch } = attempt;
    if (job.lease?.epoch !== epoch) {
      this.engine.commit([rejected(job, epoch, 'stepped')]);
      throw leaseLost(job, epoch);
    }
    this.engine.authority.checkLive(job.by, this.engine.now);
    const effects = this.#effects(attempt);
    // Its children were cancelled with it; later ones would be left behind.
    if (job.cancelling !== undefined && effects.some(isChild)) {
      throw new KernelError('Cancelled', job.cancelling);
    }
    this.engine.commit([...effects, event]);
  }

  progressed(attempt: Attempt, progress: Progress): void {
    const { job, epoch } = attempt;
    if (job.lease?.epoch !== epoch || this.engine.abandoned) return;
    this.#home.progressed(job.id, progress);
    const now = this.ports.clock.monotonic();
    if (now - (this.#sampled.get(job.id) ?? now - PROGRESS_SAMPLE_MS) < PROGRESS_SAMPLE_MS) return;
    this.#sampled.set(job.id, now);
    this.engine.commit([
      { type: 'job.progressed', v: 1, job: job.id, epoch, progress: checkedProgress(progress) },
    ]);
  }

  asking<T>({ job }: Attempt, ask: () => T): T {
    return this.engine.refusals.asking(job.by, ask, { job: job.id });
  }

  allow(attempt: Attempt, uses: readonly RightUse[]): void {
    const { authority, now } = this.engine;
    const { job, epoch } = attempt;
    if (job.lease?.epoch !== epoch) throw leaseLost(job, epoch);
    // First: what is hidden is not for the log's word of a refusal either.
    attempt.refuseHidden({ uses }, 'the call');
    this.asking(attempt, () => {
      checkClaims(job.spec.claims, uses);
      for (const asked of askedBy(uses, job.spec.kind)) authority.check(job.by, asked, now);
    });
  }

  goesOn({ job, epoch, abortReason }: Attempt): void {
    if (abortReason !== undefined) throw abortReason;
    if (job.lease?.epoch !== epoch) throw leaseLost(job, epoch);
    this.engine.authority.checkLive(job.by, this.engine.now);
  }

  called(attempt: Attempt, uses: readonly RightUse[], event: DriverCalled | WorldRewritten): void {
    this.allow(attempt, uses);
    attempt.refuseHidden(event, 'the call');
    this.asking(attempt, () => {
      checkGiven(event as unknown as StoredObject, attempt.giver);
      this.engine.commit([event]);
    });
  }

  async read<T>(query: () => T): Promise<T> {
    const found = query();
    await this.engine.durable();
    return found;
  }

  childrenOf(parent: JobId): readonly JobId[] {
    const { agenda, retired } = this.engine;
    return [...retired.childrenOf(parent), ...agenda.families.childrenOf(parent)];
  }

  #start(attempt: Attempt): void {
    const { job, epoch } = attempt;
    if (job.lease?.epoch !== epoch) return;
    this.#attempts.set(job.id, attempt);
    if (job.cancelling !== undefined) attempt.abort(new KernelError('Cancelled', job.cancelling));
    if (!isLifecycle(attempt)) this.ports.loopWatch?.enter(job.id);
    attempt.start();
  }

  #forget(attempt: Attempt): void {
    if (this.#attempts.get(attempt.job.id) === attempt) this.#attempts.delete(attempt.job.id);
    this.#sampled.delete(attempt.job.id);
    this.leases.end(attempt);
    if (this.#attempts.size <= MAX_LIFECYCLE && !this.#isBusy()) this.ports.loopWatch?.leave();
  }

  /** Whether any handler runs but those that last as long as the kernel, which must not keep it awake. */
  #isBusy(): boolean {
    for (const attempt of this.#attempts.values()) if (!isLifecycle(attempt)) return true;
    return false;
  }

  /** The events of an attempt's end. What it did counts only when it ends well. */
  #ending(attempt: Attempt, result: AttemptResult): KernelEvent[] {
    const { job } = attempt;
    const { now, agenda } = this.engine;
    if (!result.ok) return [decideFailure(job, believable(attempt, result.error), now)];
    this.engine.authority.checkLive(job.by, now);
    const effects = this.#effects(attempt);
    const submits = effects.some(isChild);
    const hasChildren = submits || agenda.families.hasAny(job.id);
    const end = decideResult(job, result, now, { submits, hasChildren });
    return end.type === 'job.cancelled' ? [end] : [...effects, end];
  }

  /** The events of what an attempt did, children included. */
  #effects(attempt: Attempt): readonly KernelEvent[] {
    const { context, job } = attempt;
    const effects = context?.done;
    if (effects === undefined) return NOTHING;
    const events = effects.events(this.engine.state.world, job.by, job.id);
    // Only an attempt after the first can have submitted the same children before.
    const knownTo = attempt.epoch > 1 ? 'index' : 'state';
    const children = submissions(this.engine, effects.takeChildren(), { by: job.by, knownTo });
    if (effects.messages.length === 0) return [...events, ...children];
    const messages = deliver(this.engine, effects.messages, job.by, (id) => effects.submits(id));
    return [...events, ...children, ...messages];
  }
}

function isLifecycle({ job }: Attempt): boolean {
  return job.spec.kind.startsWith('kernel.');
}

function isChild(event: KernelEvent): boolean {
  return event.type === 'job.submitted';
}

/** Only a drain and the loss of a worker interrupt: a handler that claimed either would run again for ever. */
function believable(attempt: Attempt, error: SerializedError): SerializedError {
  const forged =
    (error.code === 'Interrupted' && attempt.abortReason?.code !== 'Interrupted') ||
    (error.code === 'WorkerLost' && !attempt.assigned);
  return forged ? { ...error, code: 'HandlerFailed' } : error;
}

function checkedProgress({ done, total, message }: Progress): Progress {
  const finite = (value: number): number => (Number.isFinite(value) ? value : 0);
  return {
    done: finite(done),
    ...(total !== undefined && { total: finite(total) }),
    ...(message !== undefined && { message: message.slice(0, 256).toWellFormed() }),
  };
}
