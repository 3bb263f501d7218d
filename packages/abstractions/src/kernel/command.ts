import type { CapabilityClaim } from '../authority/capability.ts';
import type { AnyKind, TaskKind } from '../jobs/kind.ts';
import type { Affinity, ChildPolicy, Debounce, OnDependencyFailure, Priority } from '../jobs/job.ts';
import type { RetryOptions } from '../jobs/retry.ts';
import type { Instant, JobId, Position } from '../runtime/ids.ts';
import type { Value } from '../values/value.ts';

/** What becomes of a task besides its kind and input. All optional; operations ignore it. */
export interface JobOptions {
  /** Pins the version of the kind. Default: the newest registered. */
  readonly version?: number;
  readonly name?: string;
  readonly priority?: Priority;
  readonly deadline?: Instant;
  readonly timeoutMs?: number;
  readonly retry?: RetryOptions;
  readonly claims?: readonly CapabilityClaim[];
  readonly affinity?: Affinity;
  /** What it needs of the outside besides what its kind does, as the host it talks to. */
  readonly resources?: readonly string[];
  /** Whose slots it runs in. Default: what its kind says; then a pool that is named like an action it claims. */
  readonly pool?: string;
  readonly origin?: string;
  readonly agent?: string;
  readonly dedupKey?: string;
  readonly dedupWindowMs?: number;
  /** Sets `notBefore` itself, and leaves no room for `dedupKey`. */
  readonly debounce?: Debounce;
  readonly notBefore?: Instant;
  /** Jobs by id or, inside a batch, by the name of another command of the batch. */
  readonly dependsOn?: readonly (JobId | { readonly name: string })[];
  readonly onDependencyFailure?: OnDependencyFailure;
  readonly childPolicy?: ChildPolicy;
  readonly workspace?: string;
  readonly correlation?: string;
}

/** The names of all options; the compiler sees to it that none is missing. */
const NAMES: Readonly<Record<keyof JobOptions, true>> = {
  version: true,
  name: true,
  priority: true,
  deadline: true,
  timeoutMs: true,
  retry: true,
  claims: true,
  affinity: true,
  resources: true,
  pool: true,
  origin: true,
  agent: true,
  dedupKey: true,
  dedupWindowMs: true,
  debounce: true,
  notBefore: true,
  dependsOn: true,
  onDependencyFailure: true,
  childPolicy: true,
  workspace: true,
  correlation: true,
};
export const JOB_OPTIONS = Object.freeze(Object.keys(NAMES)) as readonly (keyof JobOptions)[];

/** Something to do: a kind and its input. */
export interface Command<Input = unknown> extends JobOptions {
  /** A registered name, or the kind itself. */
  readonly kind: string | AnyKind | TaskKind<Input>;
  readonly input?: Input;
  /** Makes the submission idempotent: the same id is answered with the first outcome. Drawn when absent. */
  readonly id?: string;
}

/** The answer to a command, given when it is durable. */
export type Receipt = TaskReceipt | OperationReceipt;

export interface TaskReceipt {
  readonly class: 'task';
  readonly job: JobId;
  /** True when the command id or the dedup key was met before: nothing new was queued. */
  readonly existing: boolean;
  readonly position: Position;
}

export interface OperationReceipt {
  readonly class: 'operation';
  readonly output: Value;
  readonly position: Position;
}
