import type { MessagePort } from 'node:worker_threads';

/** Which handler an isolate runs. */
export interface HandlerPlace {
  /** URL of the module. */
  readonly module: string;
  /** Name of its export. */
  readonly handler: string;
  readonly stallMs: number;
}

/** What a handler's thread is given. */
export interface ThreadPlan extends HandlerPlace {
  readonly port: MessagePort;
  readonly pulse: SharedArrayBuffer;
}

/** What the process around such a thread is given, as its argument. */
export interface ProcessPlan extends HandlerPlace {
  /** How often it says that it is alive while a handler runs. */
  readonly beatMs: number;
  readonly heapMb?: number;
}

/** What the process says on its own channel, besides what it passes on. */
export type ProcessNotice =
  | { readonly type: 'beat' }
  | { readonly type: 'stalled' }
  /** The handler's thread ended by an error that nobody caught, or by itself. */
  | { readonly type: 'crashed'; readonly message: string; readonly outOfMemory: boolean };
