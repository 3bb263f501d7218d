import { isSystemKind, KernelError, zoneId } from '@tksm/abstractions';
import type {
  AppendOutcome,
  Command,
  Health,
  JobId,
  JobSpec,
  KernelEvent,
  LogHead,
  Progress,
  Ring,
  TaskKind,
} from '@tksm/abstractions';
import { handleEnded } from '../authority/denial.ts';
import { EndedHandles } from '../authority/ended-handles.ts';
import { OPERATOR_ID } from '../authority/handle-table.ts';
import type { DriverRegistry } from '../drivers/driver-registry.ts';
import { ringPolicy } from '../authority/trust/policies.ts';
import { TrustGate } from '../authority/trust/trust-gate.ts';
import { LocalWorker } from '../jobs/local-worker.ts';
import { cancelled, decideInterruption, failed } from '../jobs/settlement.ts';
import { Leases } from '../leases/leases.ts';
import { Quotas } from '../admission/quotas.ts';
import type { Batch } from '../log/batch.ts';
import { Operations } from '../operations/perform.ts';
import { retentionOf } from '../retention/retention-settings.ts';
import { Retention } from '../retention/retention.ts';
import { RetiredRecords } from '../retention/retired-records.ts';
import { Ticker } from '../schedules/ticker.ts';
import { Sealer } from '../sealing/sealer.ts';
import type { Settings } from '../settings/settings.ts';
import type { Dispatcher } from '../scheduler/dispatcher.ts';
import { DECIDE_ONLY, dispatcherOver } from '../scheduler/dispatcher-over.ts';
import type { JobState } from '../state/job-state.ts';
import { isBlocked } from '../state/job-status.ts';
import type { KernelState } from '../state/kernel-state.ts';
import type { SequencerClock } from './sequencer-clock.ts';
import { isGraceOver } from '../scheduler/agenda.ts';
import { Alarms } from '../scheduler/alarms.ts';
import { Submitter } from '../submit/submitter.ts';
import { Engine } from './engine.ts';
import type { KernelPorts, KernelSettings } from './ports.ts';
import { DEFAULT_CONCURRENCY } from './ports.ts';

/** What a session needs of the kernel around it. */
export interface SessionHome {
  readonly ports: KernelPorts;
  readonly settings: KernelSettings;
  readonly clock: SequencerClock;
  /** Whether users' jobs may be leased. */
  isOpen(): boolean;
  readonly drivers: DriverRegistry;
  find(kind: string, version: number): TaskKind | undefined;
  /** The outermost ring that a kind is for. */
  ringOf(kind: string): Ring;
  taskOf(command: Command): TaskKind;
  health(): Health;
  progressed(job: JobId, progress: Progress): void;
  published(batch: Batch): void;
  trouble(outcome: Exclude<AppendOutcome, { status: 'committed' }>): void;
}

/**
 * One incarnation of a zone's sequencer, from its claim until the log fails or closes. It leases what is ready while
 * slots are free, and keeps one timer, for the next moment at which something is due.
 */
export class Session {
  readonly engine: Engine;
  readonly sealer: Sealer;
  readonly submitter: Submitter;
  readonly operations: Operations;
  readonly worker: LocalWorker;
  readonly #retention: Retention | undefined;
  readonly #home: SessionHome;
  readonly #alarms: Alarms;
  readonly #leases: Leases;
  readonly #quotas: Quotas;
  readonly #ticker: Ticker;
  readonly #endedHandles: EndedHandles;

  constructor(home: SessionHome, state: KernelState, head: LogHead) {
    const { ports } = home;
    this.#home = home;
    const { jobIndex } = ports;
    const retention = retentionOf(home.settings.retention);
    const retired = new RetiredRecords(state, jobIndex, retention);
    const { concurrency = DEFAULT_CONCURRENCY, policies = [], labels = [] } = home.settings;
    const blocked = (job: JobState): boolean => isBlocked(job, state);
    const dispatcher = (settings: Settings): Dispatcher =>
      dispatcherOver(settings, { concurrency, policies, labels, isBlocked: blocked }, ports.logger);
    const isIsolated = ({ spec }: JobState): boolean => home.find(spec.kind, spec.version)?.isolated === true;
    const { trustPolicy = ringPolicy } = home.settings;
    const trust = (of: KernelState): TrustGate => new TrustGate(trustPolicy, of, (kind) => home.ringOf(kind));
    const parts = { state, head, retired, dispatcher, isIsolated, trust };
    this.engine = new Engine(ports, parts, {
      pump: () => {
        this.#pump();
      },
      published: (batch) => {
        this.#published(batch);
      },
      trouble: (outcome) => {
        home.trouble(outcome);
      },
    });
    this.#leases = new Leases(this.engine, home.clock);
    this.#quotas = this.#newQuotas();
    this.#alarms = this.#newAlarms();
    this.#retention =
      jobIndex === undefined ? undefined : new Retention(this.engine, jobIndex, retention, ports);
    this.sealer = new Sealer(ports.vault, ports.random, () => this.engine.state.world);
    this.submitter = new Submitter(this.engine, ports.random, this.sealer);
    this.#ticker = this.#newTicker();
    this.#endedHandles = new EndedHandles({
      ...{ engine: this.engine, clock: home.clock, timers: ports.timers },
      end: (job) => {
        this.#fail(job, handleEnded(job.by));
      },
      holds: () => this.#ticker.holds(),
    });
    this.operations = new Operations({
      ...{ engine: this.engine, sealer: this.sealer, submitter: this.submitter, ticker: this.#ticker },
      blobs: ports.blobs,
      ...{ health: () => home.health(), taskOf: (command) => home.taskOf(command) },
    });
    this.worker = new LocalWorker({
      engine: this.engine,
      submitter: this.submitter,
      sealer: this.sealer,
      leases: this.#leases,
      quotas: this.#quotas,
      drivers: home.drivers,
      ports,
      find: (kind, version) => home.find(kind, version),
      taskOf: (command) => home.taskOf(command),
      progressed: (job, progress) => {
        home.progressed(job, progress);
      },
    });
  }

  /** Claims the zone: creates it in an empty log, and ends what an earlier incarnation left running. */
  async begin(): Promise<void> {
    const { engine } = this;
    const { random } = this.#home.ports;
    const events: KernelEvent[] = [];
    if (engine.position === 0) {
      const { zone = zoneId(random.id()), eventLeaves } = this.#home.settings;
      events.push({ type: 'zone.created', v: 1, zone, ...(eventLeaves === true && { eventLeaves }) });
    }
    events.push({ type: 'sequencer.claimed', v: 1, epoch: engine.state.epoch + 1, incarnation: random.id() });
    let isForeign = [...engine.state.schedules.values()].some(({ by }) => by !== OPERATOR_ID);
    for (const job of engine.state.jobs.values()) {
      if (job.outcome !== undefined) continue;
      isForeign ||= job.by !== OPERATOR_ID;
      if (isSystemKind(job.spec.kind)) events.push(cancelled(job, 'its incarnation ended'));
      else if (job.lease !== undefined) events.push(decideInterruption(job, 'incarnation-ended'));
    }
    engine.commit(events);
    await engine.durable();
    // What a revocation was about to end when the process died.
    if (isForeign) this.#endedHandles.notice();
  }

  /** Submits jobs of the kernel's own. */
  submitSystem(jobs: readonly { readonly id: JobId; readonly spec: JobSpec }[]): void {
    this.submitter.recordAll(jobs, { by: OPERATOR_ID, knownTo: 'state' });
  }

  /** Ends the leases of users' jobs whose handlers did not stop when a drain told them to. */
  interruptRest(): number {
    const rest = [...this.engine.agenda.running.values()];
    if (rest.length > 0) this.engine.commit(rest.map((job) => decideInterruption(job, 'drain')));
    return rest.length;
  }

  /** Retires nothing more, and waits until what has left the state is durable. */
  async settle(): Promise<void> {
    this.#retention?.end();
    await this.engine.durable();
  }

  /** Stops the timer, and does nothing more by itself. */
  end(): void {
    this.#endedHandles.stop();
    this.#alarms.stop();
  }

  #pump(): void {
    const { agenda, now } = this.engine;
    for (let job = agenda.nextSystem(); job !== undefined; job = agenda.nextSystem()) this.worker.lease(job);
    this.#ticker.open();
    while (this.#home.isOpen()) {
      const job = agenda.dispatcher.next(now);
      if (job === undefined) break;
      this.worker.lease(job);
    }
    this.#alarms.arm(this.#leases.nextLook);
  }

  #published(batch: Batch): void {
    let isEnd = false;
    for (const event of batch.events) {
      if (event.type === 'job.cancelling')
        this.worker.abort(event.job, new KernelError('Cancelled', event.reason));
      isEnd ||= endsHandles(event);
    }
    if (isEnd) this.#endedHandles.notice();
    if (this.engine.state.schedules.size > 0) this.#ticker.published(batch);
    this.#home.published(batch);
    this.#retention?.published(batch);
  }

  #newTicker(): Ticker {
    const home = this.#home;
    return new Ticker({
      ...{ engine: this.engine, submitter: this.submitter, alarms: this.#alarms },
      isOpen: () => home.isOpen() && home.settings.concurrency !== DECIDE_ONLY,
      taskOf: (command) => home.taskOf(command),
    });
  }

  #newQuotas(): Quotas {
    const { state, settings, agenda } = this.engine;
    const { kinds = [] } = this.#home.settings;
    return new Quotas({
      ...{ state, settings, dispatcher: agenda.dispatcher, due: agenda.due },
      tasks: () => kinds.filter((kind) => kind.class === 'task'),
    });
  }

  #newAlarms(): Alarms {
    const { clock, ports } = this.#home;
    const alarms = new Alarms({
      ...{ clock, timers: ports.timers, due: this.engine.agenda.due },
      begin: (now) => {
        if (this.engine.abandoned) return false;
        this.engine.turn(now);
        return true;
      },
      end: () => {
        this.#leases.expire();
        this.engine.settle();
        this.#alarms.arm(this.#leases.nextLook);
      },
    });
    alarms.on('ready', (id, now, at) => {
      const job = this.#open(id);
      if (job !== undefined) this.engine.agenda.wake(job, at, Math.max(now, this.engine.now));
    });
    alarms.on('deadline', (id, now) => {
      const job = this.#open(id);
      if (job?.spec.deadline !== undefined && job.spec.deadline <= now)
        this.#fail(job, new KernelError('DeadlineExceeded', 'not settled by its deadline'));
    });
    alarms.on('cancel', (id, _now, at) => {
      const job = this.#open(id);
      if (job !== undefined && isGraceOver(job, at)) this.engine.commit([cancelled(job)]);
    });
    alarms.on('calm', (kind) => {
      this.engine.escalation.ring(kind);
    });
    alarms.on('breaker', (name) => {
      this.engine.breakers.ring(name);
    });
    alarms.on('capability', (id, now) => {
      const event = this.engine.handleAlarms.ring(id, Math.max(now, this.engine.now));
      if (event !== undefined) this.engine.commit([event]);
    });
    alarms.on('token', (key, now) => {
      this.#quotas.ring(key, now);
    });
    return alarms;
  }

  #open(id: string): JobState | undefined {
    const job = this.engine.job(id as JobId);
    return job?.outcome === undefined ? job : undefined;
  }

  #fail(job: JobState, error: KernelError): void {
    this.worker.abort(job.id, error);
    this.engine.commit([failed(job, error)]);
  }
}

function endsHandles({ type }: KernelEvent): boolean {
  return type === 'capability.revoked' || type === 'capability.expired' || type === 'token.revoked';
}
