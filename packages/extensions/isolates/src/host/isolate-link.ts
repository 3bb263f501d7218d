import type { KernelError, Timers } from '@tksm/abstractions';
import type { HandlerPlace } from '../inside/thread-plan.ts';

/** How an isolate is made. */
export interface IsolatePlan extends HandlerPlace {
  /** A process that is not heard for so long is lost. */
  readonly leaseMs: number;
  readonly heapMb?: number | undefined;
  /** All that the handler is given of an environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly timers: Timers;
}

/** What is heard of an isolate. */
export interface LinkListener {
  /** A message; whatever it may be. */
  said(message: unknown): void;
  /** A line of its output. */
  wrote(stream: 'stdout' | 'stderr', line: string): void;
  /** The handler's loop does not come round any more. */
  stalled(): void;
  /** It is gone, or is not to be heard: `error` says whose doing that was. Called once at most. */
  ended(error: KernelError): void;
}

/** A thread or a process in which handlers run, and the way to it. */
export interface IsolateLink {
  /** Names it to people: `process 4711`. */
  readonly label: string;
  send(message: string): void;
  /** A run begins: its liveness is watched, and it keeps this process alive. */
  wake(): void;
  /** A run has ended: nothing wakes up for it. */
  rest(): void;
  /** Ends it at once, whatever it does. Idempotent. */
  kill(): void;
  /** Resolves when it is gone and nothing is left of it. */
  readonly gone: Promise<void>;
}

export type StartLink = (plan: IsolatePlan, listener: LinkListener) => IsolateLink;
