import { KernelError, isKernelError } from '@tksm/abstractions';
import type {
  AppendOutcome,
  BootingKernel,
  Command,
  DrainOptions,
  Health,
  JobId,
  JobOutcome,
  KernelPhase,
  LogHead,
  Position,
  Progress,
  TaskKind,
  ZoneId,
} from '@tksm/abstractions';
import type { DriverRegistry } from '../drivers/driver-registry.ts';
import { bootGraph, bootKinds } from '../boot/boot-graph.ts';
import { lifecycleJob, lifecycleKinds } from '../boot/lifecycle.ts';
import type { LifecycleStage } from '../boot/lifecycle.ts';
import type { KindRegistry } from '../kinds/registry.ts';
import type { Batch } from '../log/batch.ts';
import { loadWithIndex } from '../retention/index-feed.ts';
import { DEFAULT_SNAPSHOT_EVERY, SnapshotSchedule } from '../snapshots/snapshot-schedule.ts';
import type { KernelState } from '../state/kernel-state.ts';
import { computeHealth } from './compute-health.ts';
import { Drain } from './drain.ts';
import { EventFeed } from './event-feed.ts';
import { KernelMetrics } from './kernel-metrics.ts';
import { Outcomes } from './outcomes.ts';
import { phaseChecks } from './phase-checks.ts';
import type { KernelPorts, KernelSettings } from './ports.ts';
import { recoverLog } from './recover-log.ts';
import { SequencerClock } from './sequencer-clock.ts';
import { Session } from './session.ts';

/** What a life is given besides its state. */
export interface LifeParts {
  readonly ports: KernelPorts;
  readonly settings: KernelSettings;
  readonly registry: KindRegistry;
  readonly drivers: DriverRegistry;
  taskOf(command: Command): TaskKind;
  /** The kernel around this life, for boot tasks. */
  kernel(): BootingKernel;
}

/**
 * The life of a kernel: claim, boot, run, drain, shutdown, and recovery when its log fails. Every stage is a job in the
 * log. There is one session at a time; a recovery replaces it, and what the old one did after the failure counts for
 * nothing.
 */
export class Life {
  readonly outcomes = new Outcomes();
  readonly feed: EventFeed;
  readonly #parts: LifeParts;
  readonly #clock: SequencerClock;
  readonly #metrics: KernelMetrics;
  readonly #snapshots: SnapshotSchedule | undefined;
  readonly #drain: Drain;
  readonly #systemKinds = new Map<string, TaskKind>();
  readonly #progress = new Set<(job: JobId, progress: Progress) => void>();
  #session: Session;
  #phase: KernelPhase = 'booting';
  #stopping: Promise<void> | undefined;
  #draining = false;
  #deposed = false;
  #recovering = false;
  #failure: KernelError | undefined;
  #blocked: { readonly label: string; readonly ms: number } | undefined;

  private constructor(
    parts: LifeParts,
    clock: SequencerClock,
    state: KernelState,
    head: LogHead,
    snapshot: Position,
  ) {
    const { ports, settings, registry } = parts;
    this.#parts = parts;
    this.#clock = clock;
    this.#metrics = new KernelMetrics(ports.metrics);
    this.#snapshots = snapshotSchedule(parts, snapshot);
    this.#session = this.#newSession(state, head);
    this.feed = new EventFeed(ports.log, head.position);
    this.#drain = new Drain(ports.timers, () => this.#session);
    const checks = phaseChecks(() => this.#session, registry, settings);
    const kinds = [
      ...bootKinds(settings.bootTasks ?? [], checks, () => parts.kernel()),
      ...lifecycleKinds(this.#drain),
    ];
    for (const kind of kinds) this.#systemKinds.set(kind.name, kind);
    ports.loopWatch?.onBlocked((label, ms) => {
      this.#blocked = { label, ms };
      ports.logger.log('warn', 'a handler blocked the event loop', { code: 'LoopBlocked', job: label, ms });
    });
  }

  /**
   * Begins a life over a log. Its zone can be asked for at once; `booted` settles when it may be used.
   *
   * @throws KernelError what the log refuses with
   */
  static async begin(
    parts: LifeParts,
  ): Promise<{ readonly life: Life; readonly booted: () => Promise<void> }> {
    const { log } = parts.ports;
    const { state, from } = await loadWithIndex(parts.ports);
    const clock = new SequencerClock(parts.ports.clock, state.time, parts.ports.logger);
    const timed = { ...parts, ports: { ...parts.ports, clock } };
    if (parts.settings.eventLeaves === true && state.position > 0 && !state.eventLeaves) {
      const why = 'was created without event leaves, and goes on without';
      parts.ports.logger.log('warn', `the zone ${why}`, { zone: state.zone });
    }
    const life = new Life(timed, clock, state, await log.head(), from);
    const claimed = life.#session.begin();
    return {
      life,
      booted: async () => {
        try {
          await claimed;
          await life.#boot();
        } catch (error) {
          life.#session.end();
          await log.close();
          throw error;
        }
      },
    };
  }

  get phase(): KernelPhase {
    return this.#phase;
  }

  /** Why the zone has stopped deciding. */
  get failure(): KernelError | undefined {
    return this.#failure;
  }

  get session(): Session {
    return this.#session;
  }

  get zone(): ZoneId {
    return this.#session.engine.state.zone;
  }

  health(): Health {
    return computeHealth({
      phase: this.#phase,
      engine: this.#session.engine,
      blocked: this.#blocked,
      doubt: this.#clock.doubt,
    });
  }

  onProgress(listener: (job: JobId, progress: Progress) => void): () => void {
    this.#progress.add(listener);
    return () => this.#progress.delete(listener);
  }

  /** Whether commands are taken now. @throws KernelError `KernelDraining`, `KernelStopped`, `ZoneStopped` */
  checkOpen(operation: boolean): void {
    if (this.#phase === 'running' || this.#phase === 'booting') return;
    if (this.#phase === 'draining') {
      if (operation) return;
      throw new KernelError('KernelDraining', 'the kernel takes no new work: it is draining');
    }
    if (this.#phase === 'stopped') throw new KernelError('KernelStopped', 'the kernel has stopped');
    throw new KernelError('ZoneStopped', 'the zone has stopped deciding: its log failed');
  }

  async drain(options: DrainOptions): Promise<void> {
    this.checkOpen(true);
    if (this.#phase === 'running') this.#phase = 'draining';
    this.#draining ||= this.#phase === 'draining';
    // A drain that is cancelled ended with its incarnation: the zone recovered, and drains anew.
    for (let ended: JobOutcome['status'] = 'cancelled'; ended === 'cancelled';) {
      ended = await this.#stage('drain', { graceMs: options.graceMs ?? 0 }).catch(lostIsCancelled);
    }
  }

  stop(options: DrainOptions): Promise<void> {
    this.#stopping ??= this.#stop(options);
    return this.#stopping;
  }

  async #stop(options: DrainOptions): Promise<void> {
    const { ports } = this.#parts;
    try {
      if (this.#phase !== 'failed') {
        await this.drain(options);
        await this.#stage('shutdown');
        await this.#snapshots?.close();
        // Whoever reads after the end reads what the log holds.
        await this.#session.settle();
      }
    } catch (error) {
      if (!isKernelError(error)) throw error;
      ports.logger.log('error', 'the shutdown could not be recorded', { code: error.code });
    }
    this.#phase = 'stopped';
    this.#session.end();
    // Handlers that did not listen may still end; there is no log for it any more.
    this.#session.engine.abandon(new KernelError('KernelStopped', 'the kernel has stopped'));
    this.feed.close();
    this.outcomes.close();
    await ports.log.close();
    await ports.blobs.close();
    await ports.jobIndex?.close();
    await ports.vault?.close();
    await this.#parts.registry.close(ports.logger);
    await this.#parts.drivers.close(ports.logger);
  }

  async #boot(): Promise<void> {
    const graph = bootGraph(this.zone, this.#session.engine.state.incarnation);
    this.#session.submitSystem(graph);
    for (const outcome of await Promise.all(graph.map(({ id }) => this.outcomes.wait(id)))) {
      if (outcome.status === 'succeeded') continue;
      const { message, code } = outcome.error;
      const cause = KernelError.from(outcome.error);
      throw new KernelError('BootFailed', `boot failed: ${message}`, { data: { code }, cause });
    }
    this.#run();
  }

  /** Opens the zone for users' jobs, with a job in the log that lasts as long. A drain goes on after a recovery. */
  #run(): void {
    this.#phase = this.#draining ? 'draining' : 'running';
    this.#failure = undefined;
    this.#session.submitSystem([lifecycleJob('run', this.zone, this.#session.engine.state.incarnation)]);
  }

  async #stage(
    stage: LifecycleStage,
    input: { readonly graceMs: number } | null = null,
  ): Promise<JobOutcome['status']> {
    const { engine } = this.#session;
    const { id, spec } = lifecycleJob(stage, this.zone, engine.state.incarnation, input && { ...input });
    if (engine.known(id) === undefined) this.#session.submitSystem([{ id, spec }]);
    return (engine.known(id)?.outcome ?? (await this.outcomes.wait(id))).status;
  }

  #newSession(state: KernelState, head: LogHead): Session {
    const { ports, settings, registry, drivers, taskOf } = this.#parts;
    const home = {
      ...{ ports, settings, drivers, taskOf, clock: this.#clock },
      isOpen: () => this.#phase === 'running',
      find: (kind: string, version: number) => this.#systemKinds.get(kind) ?? registry.task(kind, version),
      ringOf: (kind: string) => registry.ringOf(kind),
      health: () => this.health(),
      progressed: (job: JobId, progress: Progress) => {
        for (const listener of this.#progress) listener(job, progress);
      },
      published: (batch: Batch) => {
        this.#published(batch);
      },
      trouble: (outcome: Exclude<AppendOutcome, { status: 'committed' }>) => {
        this.#trouble(outcome);
      },
    };
    return new Session(home, state, head);
  }

  #published(batch: Batch): void {
    this.#metrics.published(batch);
    this.#snapshots?.reached(batch.end);
    this.feed.publish(batch);
    this.outcomes.published(batch);
    this.#drain.notice();
  }

  /** The log did not take a frame. The zone stops deciding, and recovers when the log can be read and written again. */
  #trouble(outcome: Exclude<AppendOutcome, { status: 'committed' }>): void {
    const session = this.#session;
    const { logger } = this.#parts.ports;
    const booting = this.#phase === 'booting';
    const deposed = outcome.status === 'conflict';
    this.#phase = 'failed';
    session.end();
    const error = troubleError(outcome);
    this.#failure = outcome.status === 'unknown' ? outcome.cause : error;
    logger.log('error', 'the zone stopped deciding', { code: this.#failure.code, message: error.message });
    session.engine.abandon(error);
    session.worker.abortAll(
      new KernelError('LeaseLost', 'the log failed under this attempt', { cause: error }),
    );
    this.#deposed ||= deposed;
    if (booting || deposed || this.#stopping !== undefined) this.outcomes.fail(error);
    else if (!this.#recovering) void this.#recover(error);
  }

  /** Never rejects: a log that fails again while it is claimed is waited for, ever longer. */
  async #recover(cause: KernelError): Promise<void> {
    const { ports } = this.#parts;
    const { recoveryLimitMs = Number.POSITIVE_INFINITY } = this.#parts.settings;
    const until = ports.clock.monotonic() + recoveryLimitMs;
    const wanted = (): boolean =>
      this.#phase === 'failed' &&
      this.#stopping === undefined &&
      !this.#deposed &&
      ports.clock.monotonic() < until;
    this.#recovering = true;
    for (let failures = 0; wanted(); failures++) {
      const recovered = await recoverLog(ports, wanted, failures);
      if (recovered === undefined) break;
      const { state, head } = recovered;
      this.feed.resume(head.position);
      this.#session = this.#newSession(state, head);
      this.outcomes.sweep(state);
      const claimed = await this.#session.begin().then(
        () => true,
        () => false,
      );
      if (!claimed || !wanted()) continue;
      this.#recovering = false;
      this.#run();
      ports.logger.log('info', 'the zone recovered', { position: head.position });
      return;
    }
    this.#recovering = false;
    this.outcomes.fail(cause);
    this.feed.close();
  }
}

function snapshotSchedule({ ports, settings }: LifeParts, last: Position): SnapshotSchedule | undefined {
  const { snapshotMaker: maker, clock, logger } = ports;
  const every = settings.snapshotEveryEvents ?? DEFAULT_SNAPSHOT_EVERY;
  return maker && new SnapshotSchedule({ maker, clock, logger, every }, last);
}

function lostIsCancelled(error: unknown): 'cancelled' {
  if (isKernelError(error, 'JobNotFound')) return 'cancelled';
  throw error;
}

function troubleError(outcome: Exclude<AppendOutcome, { status: 'committed' }>): KernelError {
  if (outcome.status === 'conflict') {
    return new KernelError('ZoneStopped', 'another sequencer has taken the zone over');
  }
  const { cause } = outcome;
  const message = `the log did not answer for a frame: ${cause.message}`;
  return new KernelError('OutcomeUnknown', message, { cause, data: { cause: cause.code } });
}
