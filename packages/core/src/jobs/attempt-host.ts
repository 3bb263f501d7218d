import type {
  BlobStore,
  Clock,
  Command,
  JobId,
  Logger,
  Progress,
  Random,
  Redactor,
  SecretSource,
  StoredValue,
  TaskKind,
  Timers,
} from '@tksm/abstractions';
import type { Engine } from '../kernel/engine.ts';
import type { Leases } from '../leases/leases.ts';
import type { Sealer } from '../sealing/sealer.ts';
import type { Submitter } from '../submit/submitter.ts';
import type { Attempt } from './attempt.ts';
import type { AttemptResult } from './settlement.ts';

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
  /** The task behind a command for a child. @throws KernelError `UnsupportedOperation`, `InvalidOperation` */
  taskOf(command: Command): TaskKind;
  finished(attempt: Attempt, result: AttemptResult): void;
  /** Records a step with the attempt's effects; resolves when durable. @throws KernelError `LeaseLost` */
  stepped(attempt: Attempt, name: string, output: StoredValue): Promise<void>;
  progressed(attempt: Attempt, progress: Progress): void;

  /** Runs a query and answers when what it saw is durable. */
  read<T>(query: () => T): Promise<T>;
  childrenOf(parent: JobId): readonly JobId[];
}
