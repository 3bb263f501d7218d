import { fromStored, handleId, KernelError, toStored } from '@tksm/abstractions';
import type {
  AnyKind,
  CapabilityGrant,
  CapabilityHandle,
  Command,
  DrainOptions,
  HandleId,
  Health,
  JobId,
  JobOutcome,
  Kernel,
  KernelPhase,
  LogHead,
  LogStatistics,
  OperationReceipt,
  Progress,
  Readable,
  Receipt,
  RecordedEvent,
  Signal,
  StateReader,
  StoredValue,
  SubscribeOptions,
  TaskKind,
  TaskReceipt,
  VarChanged,
  ZoneId,
} from '@tksm/abstractions';
import { checkLog } from '../admission/admission.ts';
import { denied } from '../authority/denial.ts';
import { HandleTable } from '../authority/handle-table.ts';
import type { DriverRegistry } from '../drivers/driver-registry.ts';
import { TokenIntake } from '../authority/token-intake.ts';
import { mayRead } from '../jobs/may-look.ts';
import type { KindRegistry } from '../kinds/registry.ts';
import { KERNEL_OPERATIONS } from '../operations/perform.ts';
import { hasReferences } from '../sealing/tagged.ts';
import type { KnownJob } from '../retention/retired-records.ts';
import { readerOf } from '../state/state-reader.ts';
import { enqueueBulk } from '../submit/bulk.ts';
import { judgeKind } from '../submit/judged-early.ts';
import { nameOfKind } from '../submit/job-spec.ts';
import type { Engine } from './engine.ts';
import { Life } from './life.ts';
import type { KernelPorts, KernelSettings } from './ports.ts';
import type { Session } from './session.ts';
import { watchVars } from './watch-vars.ts';

type KindClass = AnyKind['class'];

/** The kernel of one zone, over ports: the one path from a command to its receipt, and the reads. */
export class ZoneKernel implements Kernel {
  readonly #ports: KernelPorts;
  readonly #registry: KindRegistry;
  readonly #handles = new HandleTable();
  readonly #life: Life;
  readonly #intake: TokenIntake;

  private constructor(ports: KernelPorts, registry: KindRegistry, life: Life) {
    this.#ports = ports;
    this.#registry = registry;
    this.#life = life;
    this.#intake = new TokenIntake({
      ...{ issuer: ports.tokenIssuer, handles: this.#handles },
      engine: () => {
        life.checkOpen(true);
        return life.session.engine;
      },
    });
  }

  /** Opens a zone and boots it. @throws KernelError `BootFailed`, and what the log refuses with */
  static async open(
    ports: KernelPorts,
    settings: KernelSettings,
    { registry, drivers }: { readonly registry: KindRegistry; readonly drivers: DriverRegistry },
  ): Promise<ZoneKernel> {
    const taskOf = (command: Command): TaskKind => taskIn(registry, command);
    const parts = { ports, settings, registry, drivers, taskOf, kernel: () => kernel };
    const { life, booted } = await Life.begin(parts);
    const kernel: ZoneKernel = new ZoneKernel(ports, registry, life);
    await booted();
    await kernel.#endErasures();
    return kernel;
  }

  /** Ends what an earlier process began to erase. */
  async #endErasures(): Promise<void> {
    for (const subject of (await this.#ports.vault?.erasing()) ?? []) {
      await this.perform({ kind: 'subject.erase', input: { hash: subject } }, this.operator);
    }
  }

  get zone(): ZoneId {
    return this.#life.zone;
  }

  get phase(): KernelPhase {
    return this.#life.phase;
  }

  get failure(): KernelError | undefined {
    return this.#life.failure;
  }

  get operator(): CapabilityHandle {
    return this.#handles.operator;
  }

  get kinds(): readonly AnyKind[] {
    return this.#registry.list();
  }

  get log(): { readonly statistics: LogStatistics; readonly head: LogHead } {
    return { statistics: this.#ports.log.statistics, head: this.#life.session.engine.head };
  }

  submit<Input>(command: Command<Input>, handle: CapabilityHandle): Promise<Receipt> {
    return this.#submit(command, handle);
  }

  enqueue<Input>(command: Command<Input>, handle: CapabilityHandle): Promise<TaskReceipt> {
    return this.#submit(command, handle, 'task') as Promise<TaskReceipt>;
  }

  perform<Input>(command: Command<Input>, handle: CapabilityHandle): Promise<OperationReceipt> {
    return this.#submit(command, handle, 'operation') as Promise<OperationReceipt>;
  }

  async derive(grant: CapabilityGrant, handle: CapabilityHandle): Promise<CapabilityHandle> {
    const { output } = await this.perform({ kind: 'capability.derive', input: grant }, handle);
    return this.#handles.give(handleId((output as { readonly handle: string }).handle));
  }

  handle(id: HandleId, holder: CapabilityHandle): CapabilityHandle {
    const by = this.#authenticate(holder);
    const { capabilities } = this.#life.session.engine.state;
    if (id !== by && !capabilities.isWithin(id, by)) throw denied(by, `is not above ${id}`);
    return this.#handles.give(id);
  }

  #authenticate(handle: CapabilityHandle): HandleId {
    return this.#handles.authenticate(handle, this.#life.session.engine.state.capabilities);
  }

  accept(token: string): Promise<CapabilityHandle> {
    return this.#intake.accept(token);
  }

  mayRead(what: Readable, handle: CapabilityHandle): void {
    const { engine } = this.#life.session;
    const by = this.#authenticate(handle);
    engine.refusals.asking(by, () => {
      mayRead(engine, by, what);
    });
  }

  maySubmit(kind: string, handle: CapabilityHandle): void {
    const { engine } = this.#life.session;
    const by = this.#authenticate(handle);
    engine.refusals.asking(by, () => {
      engine.authority.checkLive(by, engine.now);
      judgeKind(taskIn(this.#registry, { kind }), by, engine);
    });
  }

  /** @param wanted what the command is to be, when its caller has said so */
  #submit(command: Command, handle: CapabilityHandle, wanted?: KindClass): Promise<Receipt> {
    let session: Session | undefined;
    let by: HandleId | undefined;
    try {
      by = this.#authenticate(handle);
      const name = nameOfKind(command.kind);
      const own = KERNEL_OPERATIONS.get(name);
      if (own !== undefined && wanted === 'task') throw isNot(name, wanted);
      this.#life.checkOpen(own !== undefined);
      session = this.#life.session;
      const current = session;
      checkLog(current.engine);
      current.engine.authority.checkLive(by, current.engine.now);
      const receipt =
        own === undefined
          ? this.#decide(current, this.#kind(name, command, wanted), command, by)
          : current.operations.performOwn(own, command, by);
      if (!(receipt instanceof Promise)) return acknowledge(current, receipt);
      return receipt.then(
        (decided) => acknowledge(current, decided),
        (error: unknown) => refuse(current.engine, error, by, command),
      );
    } catch (error) {
      return refuse(session?.engine, error, by, command);
    }
  }

  #kind(name: string, { version }: Command, wanted: KindClass | undefined): AnyKind {
    const kind = this.#registry.resolve(name, version);
    if (wanted !== undefined && kind.class !== wanted) throw isNot(name, wanted);
    return kind;
  }

  #decide(
    { operations, submitter }: Session,
    kind: AnyKind,
    command: Command,
    by: HandleId,
  ): Receipt | Promise<Receipt> {
    if (kind.class === 'operation') return operations.performKind(kind, command, by);
    const prepared = submitter.prepare(kind, command, { handle: by }, { by });
    if (prepared instanceof Promise) return prepared.then((task) => submitter.record(task, by));
    return submitter.record(prepared, by);
  }

  async enqueueAll(
    commands: readonly Command[],
    handle: CapabilityHandle,
    options: { readonly id?: string } = {},
  ): Promise<readonly TaskReceipt[]> {
    const by = this.#authenticate(handle);
    this.#life.checkOpen(false);
    const { engine, submitter } = this.#life.session;
    const { random, timers } = this.#ports;
    const breathe = (): Promise<void> =>
      new Promise((resolve) => {
        timers.soon(resolve);
      });
    const context = { engine, submitter, random, by, breathe };
    const kindOf = (command: Command): TaskKind => taskIn(this.#registry, command);
    return await enqueueBulk(commands, kindOf, context, options.id).catch((error: unknown) =>
      refuse(engine, error, by),
    );
  }

  async read<T>(query: (state: StateReader) => T): Promise<T> {
    const { engine } = this.#life.session;
    const found = query(readerOf(engine.state, (id) => engine.retired.job(id)));
    // Of what a failed log has lost nothing is shown: that would be an answer nobody could rely on.
    if (!engine.idle) await engine.durable();
    return found;
  }

  outcome(job: JobId, options: { readonly signal?: Signal } = {}): Promise<JobOutcome> {
    let known: KnownJob | undefined;
    try {
      known = this.#life.session.engine.known(job);
      if (known === undefined)
        throw new KernelError('JobNotFound', `there is no job ${job}`, { data: { job } });
    } catch (error) {
      return Promise.reject(error as KernelError);
    }
    const ended =
      known.outcome === undefined
        ? this.#life.outcomes.wait(job, options.signal)
        : this.#durable(job, known.outcome, options.signal);
    return ended.then(this.#opened);
  }

  async #durable(job: JobId, outcome: JobOutcome, signal: Signal | undefined): Promise<JobOutcome> {
    const { engine } = this.#life.session;
    if (engine.idle) return outcome;
    // An end that is lost with its frame comes again after the recovery.
    return await engine.durable().then(
      () => outcome,
      () => this.#life.outcomes.wait(job, signal),
    );
  }

  /** An outcome as those who wait for it see it: what is sealed in it is opened, as far as it is there. */
  readonly #opened = (outcome: JobOutcome): JobOutcome | Promise<JobOutcome> => {
    if (outcome.status !== 'succeeded' || !hasReferences(outcome.output)) return outcome;
    const opened = this.#life.session.sealer.openRest(outcome.output);
    return opened.then((output) => ({ ...outcome, output }));
  };

  events(options: SubscribeOptions = {}): AsyncIterable<RecordedEvent> {
    return this.#life.feed.subscribe(options);
  }

  watchVars(options: SubscribeOptions & { readonly prefix?: string } = {}): AsyncIterable<VarChanged> {
    // Taken now: what changes before the first look is a change, too.
    const { engine } = this.#life.session;
    const world = engine.state.world.fork(engine.position);
    const live = async () => {
      await engine.durable();
      return world;
    };
    return watchVars((subscribe) => this.events(subscribe), { log: this.#ports.log, live }, options);
  }

  onProgress(listener: (job: JobId, progress: Progress) => void): () => void {
    return this.#life.onProgress(listener);
  }

  health(): Health {
    return this.#life.health();
  }

  drain(options: DrainOptions = {}): Promise<void> {
    return this.#life.drain(options);
  }

  stop(options: DrainOptions = {}): Promise<void> {
    return this.#life.stop(options);
  }
}

/** @throws KernelError `InvalidOperation`, `UnsupportedOperation` */
function taskIn(registry: KindRegistry, command: Command): TaskKind {
  const name = nameOfKind(command.kind);
  const kind = KERNEL_OPERATIONS.has(name) ? undefined : registry.resolve(name, command.version);
  if (kind?.class !== 'task') throw isNot(name, 'task');
  return kind;
}

function isNot(name: string, wanted: KindClass): KernelError {
  const message = wanted === 'task' ? `${name} is an operation; perform it` : `${name} is a task; enqueue it`;
  return new KernelError('InvalidOperation', message, { data: { kind: name } });
}

/** Gives an answer out, with what is sealed in an operation's output opened as far as it is there. */
function acknowledge({ engine, sealer }: Session, receipt: Receipt): Promise<Receipt> {
  const given = answer(engine, receipt);
  if (receipt.class === 'task' || !hasReferences(receipt.output as StoredValue)) return given;
  return given.then(async () => {
    const output = await sealer.openRest(toStored(receipt.output));
    return { ...receipt, output: fromStored(output) };
  });
}

/** Gives an answer out once everything it could have seen is durable. */
function answer<R extends Receipt>(engine: Engine, receipt: R): Promise<R> {
  return new Promise((resolve, reject) => {
    engine.wait({
      durable: () => {
        resolve(receipt);
      },
      lost: reject,
    });
  });
}

/** Gives a refusal out once everything it could have seen is durable: what a failed log has lost is no reason. */
function refuse(
  engine: Engine | undefined,
  error: unknown,
  by: HandleId | undefined,
  command?: Command,
): Promise<never> {
  if (by !== undefined) engine?.refusals.tell(error, by, command && { command });
  if (engine === undefined || engine.idle || engine.abandoned) return Promise.reject(error as Error);
  return engine.durable().then(() => {
    throw error;
  });
}
