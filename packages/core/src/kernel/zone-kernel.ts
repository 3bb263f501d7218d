import { KernelError, isKernelError } from '@tksm/abstractions';
import type {
  AnyKind,
  AppendOutcome,
  CapabilityHandle,
  Command,
  DrainOptions,
  Health,
  JobId,
  JobOutcome,
  Kernel,
  KernelPhase,
  LogHead,
  LogStatistics,
  OperationReceipt,
  Progress,
  Receipt,
  RecordedEvent,
  Signal,
  StateReader,
  SubscribeOptions,
  TaskKind,
  TaskReceipt,
  VarChanged,
  ZoneId,
} from '@tksm/abstractions';
import { HandleTable } from '../authority/handle-table.ts';
import { bootGraph, bootKinds } from '../boot/boot-graph.ts';
import { lifecycleJob, lifecycleKinds } from '../boot/lifecycle.ts';
import type { LifecycleStage } from '../boot/lifecycle.ts';
import type { KindRegistry } from '../kinds/registry.ts';
import { KERNEL_OPERATIONS } from '../operations/perform.ts';
import type { Batch } from '../log/batch.ts';
import { replay } from '../log/replay.ts';
import { readerOf } from '../state/state-reader.ts';
import type { KernelState } from '../state/kernel-state.ts';
import { enqueueBulk } from '../submit/bulk.ts';
import { nameOfKind } from '../submit/job-spec.ts';
import { computeHealth } from './compute-health.ts';
import { Drain } from './drain.ts';
import { EventFeed } from './event-feed.ts';
import { KernelMetrics } from './kernel-metrics.ts';
import { Outcomes } from './outcomes.ts';
import type { KernelPorts, KernelSettings } from './ports.ts';
import { phaseChecks } from './phase-checks.ts';
import { recoverLog } from './recover-log.ts';
import { Session } from './session.ts';
import { watchVars } from './watch-vars.ts';

/** The kernel of one zone, over ports. Made by `createKernel`. */
export class ZoneKernel implements Kernel {
  readonly zone: ZoneId;
  readonly #ports: KernelPorts;
  readonly #settings: KernelSettings;
  readonly #registry: KindRegistry;
  readonly #systemKinds = new Map<string, TaskKind>();
  readonly #handles = new HandleTable();
  readonly #outcomes = new Outcomes();
  readonly #metrics: KernelMetrics;
  readonly #feed: EventFeed;
  readonly #drain: Drain;
  readonly #progress = new Set<(job: JobId, progress: Progress) => void>();
  #session: Session;
  #phase: KernelPhase = 'booting';
  #stopping: Promise<void> | undefined;
  #blocked: { readonly label: string; readonly ms: number } | undefined;

  private constructor(ports: KernelPorts, settings: KernelSettings, registry: KindRegistry, state: KernelState, head: LogHead) {
    this.#ports = ports;
    this.#settings = settings;
    this.#registry = registry;
    this.#metrics = new KernelMetrics(ports.metrics);
    this.#session = this.#newSession(state, head);
    this.#feed = new EventFeed(ports.log, head.position);
    this.#drain = new Drain(ports.timers, () => this.#session);
    const checks = phaseChecks(() => this.#session, registry, settings);
    const own = [...bootKinds(settings.bootTasks ?? [], checks), ...lifecycleKinds(this.#drain)];
    for (const kind of own) this.#systemKinds.set(kind.name, kind);
    ports.loopWatch?.onBlocked((label, ms) => {
      this.#blocked = { label, ms };
      ports.logger.log('warn', 'a handler blocked the event loop', { code: 'LoopBlocked', job: label, ms });
    });
    // The claim is applied before anything is answered: a new zone has its id from here on.
    this.#claimed = this.#session.begin();
    this.zone = this.#session.engine.state.zone;
  }

  readonly #claimed: Promise<void>;

  /** Opens a zone and boots it. @throws KernelError `BootFailed`, and what the log refuses with */
  static async open(ports: KernelPorts, settings: KernelSettings, registry: KindRegistry): Promise<ZoneKernel> {
    const state = await replay(ports.log);
    const kernel = new ZoneKernel(ports, settings, registry, state, await ports.log.head());
    await kernel.#boot();
    return kernel;
  }

  get phase(): KernelPhase {
    return this.#phase;
  }

  get operator(): CapabilityHandle {
    return this.#handles.operator;
  }

  get kinds(): readonly AnyKind[] {
    return this.#registry.list();
  }

  get log(): { readonly statistics: LogStatistics; readonly head: LogHead } {
    return { statistics: this.#ports.log.statistics, head: this.#session.engine.head };
  }

  submit<Input>(command: Command<Input>, handle: CapabilityHandle): Promise<Receipt> {
    try {
      const by = this.#handles.authenticate(handle);
      const name = nameOfKind(command.kind);
      const own = KERNEL_OPERATIONS.get(name);
      this.#checkOpen(own !== undefined);
      const { operations, submitter, engine } = this.#session;
      if (own !== undefined) return answer(engine, operations.performOwn(own, command, by));
      const kind = this.#registry.resolve(name, command.version);
      if (kind.class === 'operation') {
        return operations.performKind(kind, command, by).then((receipt) => answer(engine, receipt));
      }
      const prepared = submitter.prepare(kind, command);
      if (prepared instanceof Promise) return prepared.then((task) => answer(engine, submitter.record(task, by)));
      return answer(engine, submitter.record(prepared, by));
    } catch (error) {
      return Promise.reject(error as Error);
    }
  }

  async enqueue<Input>(command: Command<Input>, handle: CapabilityHandle): Promise<TaskReceipt> {
    this.#taskOf(command as Command);
    return (await this.submit(command, handle)) as TaskReceipt;
  }

  async perform<Input>(command: Command<Input>, handle: CapabilityHandle): Promise<OperationReceipt> {
    const name = nameOfKind(command.kind);
    if (!KERNEL_OPERATIONS.has(name) && this.#registry.resolve(name, command.version).class !== 'operation') {
      throw new KernelError('InvalidOperation', `${name} is a task; enqueue it`, { data: { kind: name } });
    }
    return (await this.submit(command, handle)) as OperationReceipt;
  }

  async enqueueAll(
    commands: readonly Command[],
    handle: CapabilityHandle,
    options: { readonly id?: string } = {},
  ): Promise<readonly TaskReceipt[]> {
    const by = this.#handles.authenticate(handle);
    this.#checkOpen(false);
    const { engine, submitter } = this.#session;
    const context = { engine, submitter, random: this.#ports.random, by };
    return await enqueueBulk(commands, (command) => this.#taskOf(command), context, options.id);
  }

  async read<T>(query: (state: StateReader) => T): Promise<T> {
    const { engine } = this.#session;
    const found = query(readerOf(engine.state));
    if (!engine.idle) await engine.durable();
    return found;
  }

  async outcome(job: JobId, options: { readonly signal?: Signal } = {}): Promise<JobOutcome> {
    const view = this.#session.engine.job(job);
    if (view === undefined) throw new KernelError('JobNotFound', `there is no job ${job}`, { data: { job } });
    const { outcome } = view;
    if (outcome === undefined) {
      if (this.#phase === 'stopped') throw new KernelError('KernelStopped', 'the kernel stopped before the job ended');
      return await this.#outcomes.wait(job, options.signal);
    }
    await this.#session.engine.durable();
    return outcome;
  }

  events(options: SubscribeOptions = {}): AsyncIterable<RecordedEvent> {
    return this.#feed.subscribe(options);
  }

  watchVars(options: SubscribeOptions & { readonly prefix?: string } = {}): AsyncIterable<VarChanged> {
    const live = async () => {
      const { engine } = this.#session;
      const world = engine.state.world.fork(engine.position);
      await engine.durable();
      return world;
    };
    return watchVars((subscribe) => this.events(subscribe), { log: this.#ports.log, live }, options);
  }

  onProgress(listener: (job: JobId, progress: Progress) => void): () => void {
    this.#progress.add(listener);
    return () => this.#progress.delete(listener);
  }

  health(): Health {
    const { engine } = this.#session;
    return computeHealth({ phase: this.#phase, engine, blocked: this.#blocked });
  }

  async drain(options: DrainOptions = {}): Promise<void> {
    if (this.#phase === 'running') this.#phase = 'draining';
    await this.#stage('drain', { graceMs: options.graceMs ?? 0 });
  }

  stop(options: DrainOptions = {}): Promise<void> {
    this.#stopping ??= this.#stop(options);
    return this.#stopping;
  }

  async #stop(options: DrainOptions): Promise<void> {
    try {
      if (this.#phase !== 'failed') {
        await this.drain(options);
        await this.#stage('shutdown');
      }
    } catch (error) {
      if (!isKernelError(error)) throw error;
      this.#ports.logger.log('error', 'the shutdown could not be recorded', { code: error.code });
    }
    this.#phase = 'stopped';
    this.#session.end();
    this.#feed.close();
    this.#outcomes.close();
    await this.#ports.log.close();
    await this.#ports.blobs.close();
  }

  async #boot(): Promise<void> {
    await this.#claimed;
    const { incarnation } = this.#session.engine.state;
    const graph = bootGraph(this.zone, incarnation);
    const ended = graph.map(({ id }) => this.#outcomes.wait(id));
    this.#session.submitSystem(graph);
    for (const outcome of await Promise.all(ended)) {
      if (outcome.status === 'succeeded') continue;
      await this.#ports.log.close();
      const { message, code } = outcome.error;
      throw new KernelError('BootFailed', `boot failed: ${message}`, { data: { code }, cause: KernelError.from(outcome.error) });
    }
    this.#run();
  }

  /** Opens the zone for users' jobs, with a job in the log that lasts as long. */
  #run(): void {
    this.#phase = 'running';
    this.#session.submitSystem([lifecycleJob('run', this.zone, this.#session.engine.state.incarnation)]);
  }

  async #stage(stage: LifecycleStage, input: { readonly graceMs?: number } | null = null): Promise<void> {
    const { engine } = this.#session;
    const job = lifecycleJob(stage, this.zone, engine.state.incarnation, input === null ? null : { ...input });
    if (engine.job(job.id) === undefined) this.#session.submitSystem([job]);
    await this.outcome(job.id);
  }

  #newSession(state: KernelState, head: LogHead): Session {
    return new Session(
      {
        ports: this.#ports,
        settings: this.#settings,
        isOpen: () => this.#phase === 'running',
        find: (kind, version) => this.#systemKinds.get(kind) ?? this.#registry.task(kind, version),
        taskOf: (command) => this.#taskOf(command),
        health: () => this.health(),
        progressed: (job, progress) => {
          for (const listener of this.#progress) listener(job, progress);
        },
        published: (batch) => {
          this.#published(batch);
        },
        trouble: (outcome) => {
          this.#trouble(outcome);
        },
      },
      state,
      head,
    );
  }

  #published(batch: Batch): void {
    this.#metrics.published(batch);
    this.#feed.publish(batch);
    this.#outcomes.published(batch, this.#session.engine.state);
    this.#drain.notice();
  }

  /** The log did not take a frame. The zone stops deciding, and recovers when the log can be read and written again. */
  #trouble(outcome: Exclude<AppendOutcome, { status: 'committed' }>): void {
    const session = this.#session;
    const before = this.#phase;
    const deposed = outcome.status === 'conflict';
    this.#phase = 'failed';
    session.end();
    const error = deposed
      ? new KernelError('ZoneStopped', 'another sequencer has taken the zone over')
      : new KernelError('OutcomeUnknown', `the log did not answer for a frame: ${outcome.cause.message}`, { cause: outcome.cause });
    this.#ports.logger.log('error', 'the zone stopped deciding', { code: error.code, cause: deposed ? undefined : outcome.cause.code });
    session.worker.abortAll(new KernelError('LeaseLost', 'the log failed under this attempt', { cause: error }));
    session.engine.abandon(error);
    if (deposed || before === 'booting') return;
    void this.#recover();
  }

  async #recover(): Promise<void> {
    const recovered = await recoverLog(this.#ports, () => this.#phase === 'failed' && this.#stopping === undefined);
    if (recovered === undefined) return;
    const { state, head } = recovered;
    this.#feed.resume(head.position);
    this.#session = this.#newSession(state, head);
    this.#outcomes.sweep(state);
    await this.#session.begin();
    this.#run();
    this.#ports.logger.log('info', 'the zone recovered', { position: head.position });
  }

  #checkOpen(operation: boolean): void {
    if (this.#phase === 'running' || this.#phase === 'booting') return;
    if (this.#phase === 'draining') {
      if (operation) return;
      throw new KernelError('KernelDraining', 'the kernel takes no new work: it is draining');
    }
    if (this.#phase === 'stopped') throw new KernelError('KernelStopped', 'the kernel has stopped');
    throw new KernelError('ZoneStopped', 'the zone has stopped deciding: its log failed');
  }

  #taskOf(command: Command): TaskKind {
    const name = nameOfKind(command.kind);
    const kind = KERNEL_OPERATIONS.has(name) ? undefined : this.#registry.resolve(name, command.version);
    if (kind?.class !== 'task') {
      throw new KernelError('InvalidOperation', `${name} is an operation; perform it`, { data: { kind: name } });
    }
    return kind;
  }
}

/** Gives an answer out once everything it could have seen is durable. */
function answer<R extends Receipt>(engine: Session['engine'], receipt: R): Promise<R> {
  return new Promise((resolve, reject) => {
    engine.wait({
      durable: () => {
        resolve(receipt);
      },
      lost: reject,
    });
  });
}
