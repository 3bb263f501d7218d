import type {
  KernelError,
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
  OperationReceipt,
  Progress,
  Readable,
  Receipt,
  RecordedEvent,
  Signal,
  StateReader,
  SubscribeOptions,
  TaskReceipt,
  VarChanged,
  ZoneId,
} from '@tksm/abstractions';
import type { TimeSkipper } from './time-skipper.ts';

/** A kernel whose waits let virtual time pass. */
export class SkippingKernel implements Kernel {
  readonly zone: ZoneId;
  readonly #kernel: Kernel;
  readonly #time: TimeSkipper;

  constructor(kernel: Kernel, time: TimeSkipper) {
    this.#kernel = kernel;
    this.#time = time;
    this.zone = kernel.zone;
  }

  get phase(): KernelPhase {
    return this.#kernel.phase;
  }

  get failure(): KernelError | undefined {
    return this.#kernel.failure;
  }

  get operator(): CapabilityHandle {
    return this.#kernel.operator;
  }

  get kinds(): readonly AnyKind[] {
    return this.#kernel.kinds;
  }

  get log(): Kernel['log'] {
    return this.#kernel.log;
  }

  derive(grant: CapabilityGrant, handle: CapabilityHandle): Promise<CapabilityHandle> {
    return this.#kernel.derive(grant, handle);
  }

  handle(id: HandleId, holder: CapabilityHandle): CapabilityHandle {
    return this.#kernel.handle(id, holder);
  }

  accept(token: string): Promise<CapabilityHandle> {
    return this.#kernel.accept(token);
  }

  mayRead(what: Readable, handle: CapabilityHandle): void {
    this.#kernel.mayRead(what, handle);
  }

  maySubmit(kind: string, handle: CapabilityHandle): void {
    this.#kernel.maySubmit(kind, handle);
  }

  submit<Input>(command: Command<Input>, handle: CapabilityHandle): Promise<Receipt> {
    return this.#kernel.submit(command, handle);
  }

  enqueue<Input>(command: Command<Input>, handle: CapabilityHandle): Promise<TaskReceipt> {
    return this.#kernel.enqueue(command, handle);
  }

  perform<Input>(command: Command<Input>, handle: CapabilityHandle): Promise<OperationReceipt> {
    return this.#kernel.perform(command, handle);
  }

  enqueueAll(
    commands: readonly Command[],
    handle: CapabilityHandle,
    options?: { readonly id?: string },
  ): Promise<readonly TaskReceipt[]> {
    return this.#kernel.enqueueAll(commands, handle, options);
  }

  read<T>(query: (state: StateReader) => T): Promise<T> {
    return this.#kernel.read(query);
  }

  outcome(job: JobId, options?: { readonly signal?: Signal }): Promise<JobOutcome> {
    return this.#time.wait(this.#kernel.outcome(job, options));
  }

  events(options?: SubscribeOptions): AsyncIterable<RecordedEvent> {
    return this.#kernel.events(options);
  }

  watchVars(options?: SubscribeOptions & { readonly prefix?: string }): AsyncIterable<VarChanged> {
    return this.#kernel.watchVars(options);
  }

  onProgress(listener: (job: JobId, progress: Progress) => void): () => void {
    return this.#kernel.onProgress(listener);
  }

  health(): Health {
    return this.#kernel.health();
  }

  drain(options?: DrainOptions): Promise<void> {
    return this.#time.wait(this.#kernel.drain(options), { force: true });
  }

  stop(options?: DrainOptions): Promise<void> {
    return this.#time.wait(this.#kernel.stop(options), { force: true });
  }
}
