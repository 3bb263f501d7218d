import type { RightUse } from '../authority/use.ts';
import type { BlobStore } from '../blobs/blob-store.ts';
import type { Decision, OperationView } from '../jobs/kind.ts';
import type { Logger } from '../observability/logger.ts';
import type { Signal } from '../runtime/abort.ts';
import type { Clock } from '../runtime/clock.ts';
import type { StandardSchema } from '../runtime/standard-schema.ts';
import type { Value } from '../values/value.ts';

declare const permitted: unique symbol;

/**
 * Says that uses of rights were allowed, by a handle that was live then, and that this is durable in the log. The kernel
 * alone makes them: what touches the outside takes one, so that an effect nobody checked does not compile.
 */
export interface Permit {
  readonly uses: readonly RightUse[];
  /** For the compiler: it comes from the gate. */
  readonly [permitted]: true;
}

/** What a driver has at hand while it serves a call. */
export interface DriverCall {
  /** Aborts when the job that calls is cancelled, has timed out, or lost its right. The reason is a KernelError. */
  readonly signal: Signal;
  readonly clock: Clock;
  readonly blobs: BlobStore;
  readonly log: Logger;
  /** The same for the same call of a repeated attempt: for receivers that take each thing once. */
  readonly key: string;
  /**
   * Asks for what only shows once the call is under way: the next host of a redirect, the address behind a name. Recorded and
   * durable before it answers.
   *
   * @throws KernelError `CapabilityDenied`, `LeaseLost`
   */
  authorise(uses: readonly RightUse[]): Promise<Permit>;
  /** Calls another driver under the same right. @throws as a handler's `call` */
  call(driver: string, op: string, input?: object): Promise<Value>;
}

/** What effects and decisions have in common. */
export interface DriverOperationBase<Input> {
  /** One sentence for people. */
  readonly summary: string;
  readonly input: StandardSchema<unknown, Input>;
  /**
   * The rights that the call needs, from its input alone: judged when a job is submitted for it, and again before it is
   * served. At least one, and one of an action that begins with the driver's name and a dot: who holds no right of that
   * sort is refused before the input is looked at. @throws KernelError `InvalidInput`
   */
  asks(input: Input): readonly RightUse[];
}

/** An operation that touches the outside. It may be served more than once for one job: its `key` is the same then. */
export interface DriverEffect<Input = unknown> extends DriverOperationBase<Input> {
  readonly class: 'effect';
  run(input: Input, permit: Permit, call: DriverCall): Value | Promise<Value>;
}

/** What a deciding operation may look at. Nothing else. */
export interface DriverView extends OperationView {
  /** As `DriverCall.key`: what was written under it before is known again. */
  readonly key: string;
}

/**
 * An operation over the zone's own world: decided inside the kernel and recorded there as one rewrite. It may write keys
 * that begin with the driver's name and a `/`, and no others.
 */
export interface DriverDecision<Input = unknown> extends DriverOperationBase<Input> {
  readonly class: 'decision';
  decide(input: Input, view: DriverView): Decision;
}

export type DriverOperation<Input = unknown> = DriverEffect<Input> | DriverDecision<Input>;

/** An operation whose input type is forgotten, as drivers hold it; the input schema keeps it safe at run time. */
export type AnyDriverOperation =
  | (Omit<DriverEffect<never>, 'input'> & { readonly input: StandardSchema })
  | (Omit<DriverDecision<never>, 'input'> & { readonly input: StandardSchema });

/** A device, as jobs reach it: by `driver.call` and by their handlers' `call`, each operation behind a right. */
export interface Driver {
  /** A lower-case word: `fs`. */
  readonly name: string;
  /** By name, a lower-case word: `read`. */
  readonly operations: Readonly<Record<string, AnyDriverOperation>>;
  /** Ends what it keeps between calls, when the kernel has stopped. */
  close?(): Promise<void>;
}
