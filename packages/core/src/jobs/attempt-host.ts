import type {
  BlobStore,
  Clock,
  Command,
  DriverCalled,
  JobId,
  Logger,
  OpenWait,
  Position,
  Progress,
  Random,
  Redactor,
  RightUse,
  SecretSource,
  StoredValue,
  TaskKind,
  Timers,
  WorldRewritten,
} from '@tksm/abstractions';
import type { DriverRegistry } from '../drivers/driver-registry.ts';
import type { Engine } from '../kernel/engine.ts';
import type { Leases } from '../leases/leases.ts';
import type { Sealer } from '../sealing/sealer.ts';
import type { Submitter } from '../submit/submitter.ts';
import type { Attempt } from './attempt.ts';
import type { AttemptResult } from './settlement.ts';

/** A step that is to be recorded. */
export interface TakenStep {
  readonly name: string;
  readonly output: StoredValue;
  /** The message that it took out of the inbox. */
  readonly received?: Position | undefined;
}

/** What an attempt may ask of the worker that runs it. */
export interface AttemptHost {
  readonly engine: Engine;
  readonly submitter: Submitter;
  readonly ports: {
    readonly blobs: BlobStore;
    readonly clock: Clock;
    readonly timers: Timers;
    readonly random: Random;
    readonly logger: Logger;
    readonly secrets?: SecretSource;
    readonly redactor?: Redactor;
  };
  readonly sealer: Sealer;
  readonly leases: Leases;
  readonly drivers: DriverRegistry;
  /** The task behind a command for a child. @throws KernelError `UnsupportedOperation`, `InvalidOperation` */
  taskOf(command: Command): TaskKind;
  finished(attempt: Attempt, result: AttemptResult): void;
  /** Records a step with the attempt's effects; resolves when durable. @throws KernelError `LeaseLost` */
  stepped(attempt: Attempt, step: TakenStep): Promise<void>;
  /** Ends the attempt at a wait, with its effects. Nothing more is heard of it. @throws KernelError `LeaseLost` */
  suspend(attempt: Attempt, wait: OpenWait): void;
  progressed(attempt: Attempt, progress: Progress): void;
  /** Asks the gate for an attempt: a refusal is told in the log, whatever the handler makes of it. @throws what `ask` does */
  asking<T>(attempt: Attempt, ask: () => T): T;
  /** Whether an attempt may do something. @throws KernelError `CapabilityDenied`, `LeaseLost`, `SecretInClear` */
  allow(attempt: Attempt, uses: readonly RightUse[]): void;
  /** Whether an attempt is still to do anything. @throws KernelError why it is not: `CapabilityDenied`, `LeaseLost`, `Cancelled`, … */
  goesOn(attempt: Attempt): void;
  /** Records a call of a driver, apart from the attempt's effects. @throws KernelError as `allow` */
  called(attempt: Attempt, uses: readonly RightUse[], event: DriverCalled | WorldRewritten): void;

  /** Runs a query and answers when what it saw is durable. */
  read<T>(query: () => T): Promise<T>;
  childrenOf(parent: JobId): readonly JobId[];
}
