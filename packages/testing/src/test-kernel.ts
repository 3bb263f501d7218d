import { isKernelError, KernelError, noLogger } from '@tksm/abstractions';
import type {
  AnyKind,
  BlobStore,
  BootTask,
  Command,
  Driver,
  Instant,
  JobId,
  JobIndex,
  JobOutcome,
  JobView,
  Kernel,
  Logger,
  Metrics,
  OperationReceipt,
  RecordedEvent,
  Redactor,
  PolicyFactory,
  SnapshotStore,
  SecretSource,
  StateReader,
  TaskReceipt,
  TrustPolicy,
  TokenIssuer,
  Vault,
} from '@tksm/abstractions';
import { createKernel, makeSnapshot, readEvents } from '@tksm/core';
import type { KernelOptions, RetentionSettings } from '@tksm/core';
import {
  createMemoryBlobStore,
  createMemoryLog,
  createMemoryVault,
  IncarnationTime,
  MemoryJobIndex,
  seededRandom,
  VirtualClock,
} from '@tksm/drivers-memory';
import type { MemoryLog } from '@tksm/drivers-memory';
import { expectNotSubmitted, expectSubmitted } from './expect-submitted.ts';
import type { ExpectedJob } from './expect-submitted.ts';
import { logOf, saveHistory } from './history.ts';
import type { SavedHistory } from './history.ts';
import { SkippingKernel } from './skipping-kernel.ts';
import { TimeSkipper } from './time-skipper.ts';
import { verifyReplay } from './verify-replay.ts';
import { BusyHandlers } from './watched-kinds.ts';
import type { Attempt } from './watched-kinds.ts';

/** What may change from one incarnation to the next. */
export interface RestartOptions {
  readonly kinds?: readonly AnyKind[];
  /** What jobs reach by `driver.call`, and handlers by `call`. */
  readonly drivers?: readonly Driver[];
  readonly bootTasks?: readonly BootTask[];
  /** Jobs that run at the same time. */
  readonly concurrency?: number;
  /** What the process is labelled with. */
  readonly labels?: readonly string[];
  /** What stays in memory of what is over, and how long command ids are answered. */
  readonly retention?: RetentionSettings;
}

export interface TestKernelOptions extends RestartOptions {
  /** Decides every id and random number. Default `test`. */
  readonly seed?: number | string;
  /** Goes on from a saved history, as a restart would. */
  readonly from?: SavedHistory;
  /** Wall time at the start, in ms since 1970. */
  readonly start?: Instant;
  readonly log?: MemoryLog;
  readonly blobs?: BlobStore;
  readonly jobIndex?: JobIndex;
  /** Default: one in memory, which outlives a restart. */
  readonly vault?: Vault;
  readonly secrets?: SecretSource;
  readonly redactor?: Redactor;
  readonly tokenIssuer?: TokenIssuer;
  readonly logger?: Logger;
  readonly metrics?: Metrics;
  readonly policies?: readonly PolicyFactory[];
  readonly trustPolicy?: TrustPolicy;
  /** Makes snapshots, and starts from them after a restart. */
  readonly snapshots?: SnapshotStore;
  /** Events between two snapshots. */
  readonly snapshotEveryEvents?: number;
}

/**
 * A kernel in memory, under virtual time. Time stands still, except in `advance` and while `outcome`, `drain`, `close`
 * or a boot is awaited: then, whenever nothing is left to run, the clock moves to the next due moment by itself. It does
 * not move while a handler runs, and waits for a real file, say, or a promise of the test: move it with `advance`, then. A
 * handler that sleeps or waits for a message does not run; one whose work takes time calls `spend`.
 */
export interface TestKernel {
  /** The kernel of the current incarnation; its own `outcome`, `drain` and `stop` let time pass, too. */
  readonly kernel: Kernel;
  readonly clock: VirtualClock;
  /** The log of the current incarnation: to hold it, or to let it fail. */
  readonly log: MemoryLog;
  /** Submits a task under the operator's handle. */
  enqueue<Input>(command: Command<Input>): Promise<TaskReceipt>;
  /** Performs an operation under the operator's handle. */
  perform<Input>(command: Command<Input>): Promise<OperationReceipt>;
  /** How a job ends. */
  outcome(job: JobId): Promise<JobOutcome>;
  /** Submits a task and waits for its end. */
  run<Input>(command: Command<Input>): Promise<JobOutcome>;
  /** A job as of now. @throws KernelError `JobNotFound` */
  job(id: JobId): Promise<JobView>;
  /** Moves time forward, running whatever becomes due. */
  advance(ms: number): Promise<void>;
  /** Runs what can run without time. */
  runUntilIdle(): Promise<void>;
  /** Takes no new work and interrupts what runs. */
  drain(graceMs?: number): Promise<void>;
  /** Crashes, and opens a new incarnation over what was durable. Options replace those of before. */
  restart(options?: RestartOptions): Promise<void>;
  /** Every durable event. */
  events(): Promise<readonly RecordedEvent[]>;
  /** What is durable, as JSON. */
  history(): Promise<SavedHistory>;
  /** Finds a submitted job. @throws Error that names the jobs there are */
  expectSubmitted(expected: ExpectedJob): Promise<JobView>;
  /** @throws Error that names the job */
  expectNotSubmitted(expected: ExpectedJob): Promise<void>;
  /** Checks that the log replays to the live state. @throws KernelError `LogDamaged` with what differs */
  verifyReplay(): Promise<void>;
  /** Verifies the replay, stops the kernel and verifies again. Idempotent. */
  close(): Promise<void>;
}

/** Opens a kernel for a test. @throws KernelError `BootFailed`, and what the log refuses with */
export async function testKernel(options: TestKernelOptions = {}): Promise<TestKernel> {
  const log = options.log ?? (options.from === undefined ? createMemoryLog() : await logOf(options.from));
  const { time } = await log.head();
  const start = options.start ?? (time > 0 ? time : undefined);
  const zone = new TestZone(options, log, new VirtualClock(start === undefined ? {} : { start }));
  await zone.open();
  return zone;
}

class TestZone implements TestKernel {
  readonly clock: VirtualClock;
  readonly #options: TestKernelOptions;
  readonly #random: ReturnType<typeof seededRandom>;
  readonly #blobs: BlobStore;
  readonly #jobIndex: JobIndex;
  readonly #vault: Vault;
  readonly #skipper: TimeSkipper;
  #settings: RestartOptions;
  #log: MemoryLog;
  #time: IncarnationTime;
  #busy: BusyHandlers;
  #real: Kernel | undefined;
  #kernel: Kernel | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: TestKernelOptions, log: MemoryLog, clock: VirtualClock) {
    this.#options = options;
    this.#settings = options;
    this.#log = log;
    this.clock = clock;
    this.#random = seededRandom(options.seed ?? 'test');
    this.#blobs = options.blobs ?? createMemoryBlobStore();
    this.#jobIndex = options.jobIndex ?? new MemoryJobIndex();
    this.#vault = options.vault ?? createMemoryVault();
    this.#skipper = new TimeSkipper(clock, () => this.#maySkip());
    this.#time = this.#newTime();
    this.#busy = new BusyHandlers(this.#time);
  }

  async open(): Promise<void> {
    const { trustPolicy } = this.#options;
    const { logger, metrics, policies, secrets, redactor, tokenIssuer, snapshotEveryEvents } = this.#options;
    const { kinds = [], bootTasks = [], drivers = [], concurrency, labels, retention } = this.#settings;
    this.#real = undefined;
    const opening = createKernel({
      log: this.#log,
      blobs: this.#blobs,
      jobIndex: this.#jobIndex,
      vault: this.#vault,
      clock: this.#time,
      timers: this.#time,
      random: this.#random,
      kinds: kinds.map((kind) => this.#busy.kind(kind)),
      drivers: drivers.map((driver) => this.#busy.driver(driver)),
      bootTasks: bootTasks.map((task) => this.#busy.bootTask(task)),
      ...(concurrency !== undefined && { concurrency }),
      ...(retention && { retention }),
      ...(secrets && { secrets }),
      ...(redactor && { redactor }),
      ...(tokenIssuer && { tokenIssuer }),
      ...(logger && { logger }),
      ...(metrics && { metrics }),
      ...(policies && { policies }),
      ...(trustPolicy && { trustPolicy }),
      ...(labels && { labels }),
      ...(snapshotEveryEvents !== undefined && { snapshotEveryEvents }),
      ...this.#snapshots(),
    });
    this.#real = await this.#skipper.wait(opening);
    this.#kernel = new SkippingKernel(this.#real, this.#skipper);
  }

  #snapshots(): Pick<KernelOptions, 'snapshots' | 'snapshotMaker'> {
    const { snapshots: store, logger = noLogger } = this.#options;
    if (store === undefined) return {};
    const log = this.#log.openAnother();
    const make = async (): Promise<void> => {
      await makeSnapshot({ log, store, logger });
    };
    return { snapshots: store, snapshotMaker: { make } };
  }

  get kernel(): Kernel {
    if (this.#kernel === undefined) throw new KernelError('KernelStopped', 'the kernel has not booted');
    return this.#kernel;
  }

  get log(): MemoryLog {
    return this.#log;
  }

  enqueue<Input>(command: Command<Input>): Promise<TaskReceipt> {
    return this.kernel.enqueue(command, this.kernel.operator);
  }

  perform<Input>(command: Command<Input>): Promise<OperationReceipt> {
    return this.kernel.perform(command, this.kernel.operator);
  }

  outcome(job: JobId): Promise<JobOutcome> {
    return this.kernel.outcome(job);
  }

  async run<Input>(command: Command<Input>): Promise<JobOutcome> {
    const { job } = await this.enqueue(command);
    return await this.outcome(job);
  }

  async job(id: JobId): Promise<JobView> {
    const view = await this.kernel.read((state) => state.jobs.get(id));
    if (view === undefined)
      throw new KernelError('JobNotFound', `there is no job ${id}`, { data: { job: id } });
    return view;
  }

  advance(ms: number): Promise<void> {
    return this.#skipper.exclusively(() => this.clock.advanceBy(ms));
  }

  runUntilIdle(): Promise<void> {
    return this.#skipper.exclusively(() => this.clock.runUntilIdle());
  }

  drain(graceMs = 0): Promise<void> {
    return this.kernel.drain({ graceMs });
  }

  async restart(options: RestartOptions = {}): Promise<void> {
    this.#time.cut();
    this.#log = this.#log.reopen();
    this.#time = this.#newTime();
    this.#busy = new BusyHandlers(this.#time);
    this.#settings = { ...this.#settings, ...options };
    await this.open();
  }

  async events(): Promise<readonly RecordedEvent[]> {
    const events: RecordedEvent[] = [];
    for await (const event of readEvents(this.#log.openAnother())) events.push(event);
    return events;
  }

  history(): Promise<SavedHistory> {
    return saveHistory(this.#log.openAnother());
  }

  expectSubmitted(expected: ExpectedJob): Promise<JobView> {
    return expectSubmitted(this.kernel, expected);
  }

  expectNotSubmitted(expected: ExpectedJob): Promise<void> {
    return expectNotSubmitted(this.kernel, expected);
  }

  verifyReplay(): Promise<void> {
    return verifyReplay(this.kernel, this.#log.openAnother());
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    // What a failed zone holds was never durable: only the log counts.
    const wasFailed = this.kernel.phase === 'failed';
    try {
      if (!wasFailed) await this.verifyReplay();
      await this.kernel.stop();
      if (!wasFailed) await this.verifyReplay().catch(unlessLost);
    } finally {
      this.#time.cut();
    }
  }

  #newTime(): IncarnationTime {
    return new IncarnationTime(this.clock, () => {
      this.#skipper.poke();
    });
  }

  /** Whether nothing is on its way to the log and no handler is busy. */
  #maySkip(): boolean {
    const kernel = this.#real;
    if (kernel === undefined) return this.#busy.isQuiet(() => true);
    if (kernel.phase !== 'running' && kernel.phase !== 'draining') return true;
    let may = false;
    const look = kernel.read((state) => {
      may =
        state.position === kernel.log.head.position &&
        this.#busy.isQuiet((attempt) => isCurrent(state, attempt));
    });
    look.catch(() => undefined);
    return may;
  }
}

/** A log that failed under the stop leaves a state that nobody may see. */
function unlessLost(error: unknown): void {
  if (!isKernelError(error, 'KernelStopped') && !isKernelError(error, 'OutcomeUnknown')) throw error;
}

/** Whether a handler's attempt is the job's current one. What is no handler's, such as the work of a driver, counts while it runs. */
function isCurrent(state: StateReader, attempt: Attempt | undefined): boolean {
  return attempt === undefined || state.jobs.get(attempt.job)?.lease?.epoch === attempt.epoch;
}
