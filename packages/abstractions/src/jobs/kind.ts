import type { KindName } from '../runtime/ids.ts';
import type { StandardSchema } from '../runtime/standard-schema.ts';
import type { Value } from '../values/value.ts';
import type { Rewrite } from '../world/rewrite.ts';
import type { WorldView } from '../world/world.ts';
import type { Fact } from '../log/event.ts';
import type { Instant, Position } from '../runtime/ids.ts';
import type { CapabilityClaim } from '../authority/capability.ts';
import type { Ring } from '../authority/trust-policy.ts';
import type { RightUse } from '../authority/use.ts';
import type { TaskContext } from './context.ts';
import type { ChildPolicy } from './job.ts';
import type { RetryOptions } from './retry.ts';

/** A part of a value that belongs to somebody, and that erasing them destroys. */
export interface SensitivePart {
  /** JSON pointer into the value; `*` stands for every item of a list, and '' is the whole value. */
  readonly at: string;
  /**
   * Whose it is: where in the same value the name stands (a `*` is the same item as in `at`), where in the job's input, or
   * the name itself. What stands there is sealed, too: the name of a subject is not for the log.
   */
  readonly subject: string | { readonly input: string } | { readonly name: string };
}

/** What tasks and operations have in common. */
export interface KindBase<Input> {
  readonly name: KindName;
  /** Version of the handler's behaviour, a whole number from 1. Default 1. */
  readonly version?: number;
  /** One sentence for people. */
  readonly summary?: string;
  /** Checked before a job is admitted. */
  readonly input?: StandardSchema<unknown, Input>;
  /** What of its input and output belongs to somebody: sealed before it is logged. An operation decides over the sealed form. */
  readonly sensitive?: {
    readonly input?: readonly SensitivePart[];
    readonly output?: readonly SensitivePart[];
  };
  /**
   * JSON pointers to secrets in the input, `*` for every item: only `{ "$secretRef": NAME }` is taken there. What the input
   * schema marks as `writeOnly` or `secret` in its JSON Schema is one, too.
   */
  readonly secrets?: readonly string[];
  /** The outermost ring that may have it: the trust policy looks at it (ADR 0050). Default 3, everybody. */
  readonly ring?: Ring;
  /** Rights that the kind needs, besides the right to submit it. */
  readonly claims?: readonly CapabilityClaim[];
}

/** An effectful kind: leased to a worker, its result proposed and recorded. */
export interface TaskKind<
  Input = unknown,
  Output extends Value | undefined = Value | undefined,
> extends KindBase<Input> {
  readonly class: 'task';
  /** Longest time of one attempt. Default 60 s. */
  readonly timeoutMs?: number;
  /** Whose slots its jobs run in. Default: those of a pool that is named like an action they claim, or the kernel's. */
  readonly pool?: string;
  readonly retry?: RetryOptions;
  /** How often its jobs may begin, all versions together; `burst` (default 1) at once. A setting goes before it. */
  readonly rateLimit?: { readonly perSecond: number; readonly burst?: number };
  /** Jobs of it that run at the same time, all versions together; more wait without a slot. Default: as many as there are slots. */
  readonly concurrency?: number;
  /** Longest silence of a handler: one that calls `heartbeat` less often fails its attempt with `HandlerStalled`. Default: none. */
  readonly heartbeatMs?: number;
  /**
   * What its jobs need of the outside, as `payments`: at most 16. Each has a breaker that holds all jobs back that need it
   * while it fails (ADR 0039).
   */
  readonly resources?: readonly string[];
  /** Its handler runs in a worker of its own, where it can neither block nor crash this process. */
  readonly isolated?: true;
  /** Default `detach`. */
  readonly childPolicy?: ChildPolicy;
  /** Ends what the kind keeps between its jobs. Called when a kernel that has the kind has stopped; it may be used again. */
  close?(): Promise<void>;
  run(
    input: Input,
    context: TaskContext,
  ): Output | Promise<Output> | (undefined extends Output ? Promise<void> : never);
}

/** What an operation may look at. Nothing else: it must decide the same for the same view and input. */
export interface OperationView {
  readonly world: WorldView;
  readonly now: Instant;
  readonly position: Position;
}

/** What an operation decided. */
export interface Decision<Output extends Value = Value> {
  readonly output: Output;
  /** Explains the rewrite; recorded alone when there is none. */
  readonly fact?: Fact;
  readonly rewrite?: Rewrite;
}

/** A deterministic kind: decided inside the kernel, one event at most. */
export interface OperationKind<Input = unknown, Output extends Value = Value> extends KindBase<Input> {
  readonly class: 'operation';
  /**
   * The rights that it needs, from its input alone, in place of `operation.perform:KIND` and `world.set:KEY`. One that says
   * so may write keys that begin with its family (`finance` of `finance.transfer`) and a `/`, and no others.
   *
   * @throws KernelError `InvalidInput`
   */
  asks?(input: Input): readonly RightUse[];
  decide(input: Input, view: OperationView): Decision<Output>;
}

export type Kind<Input = unknown> = TaskKind<Input> | OperationKind<Input>;

/** A kind without what ties it to one type of input. */
export type Forgotten<K> = Omit<K, 'input'> & { readonly input?: StandardSchema };

/** A kind whose input type is forgotten, as registries hold it; the input schema keeps it safe at run time. */
export type AnyKind = Forgotten<TaskKind<never>> | Forgotten<OperationKind<never>>;
