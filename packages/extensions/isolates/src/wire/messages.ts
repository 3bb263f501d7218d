import type { RejectedResult, SerializedError, StoredValue } from '@tksm/abstractions';

/** Version of the `worker` protocol (ADR 0035). Both sides must speak the same. */
export const PROTOCOL = 1;

/** Longest message of an isolate, in UTF-16 units: an inline payload and what stands around it. */
export const MAX_MESSAGE_LENGTH = 262_144;
/** What an isolate may say without waiting for an answer: as much as a step may have effects, and a steady rate beside it. */
export const TELL_LIMITS = Object.freeze({ burst: 20_000, perSecond: 2_000 });

/** Lines of one run that reach the kernel's log, output included; the rest is dropped, and that is said. */
export const MAX_LOG_LINES = 1_000;

/** Which run a message is about. A message about another run than the current one is refused. */
export interface RunId {
  readonly job: string;
  readonly epoch: number;
}

/** How something ended. */
export type Ending =
  | { readonly ok: true; readonly value: StoredValue }
  | { readonly ok: false; readonly error: SerializedError };

/** What the kernel's side says. */
export type HostMessage =
  | (RunId & {
      readonly type: 'start';
      readonly view: StoredValue;
      readonly attempt: number;
      readonly input: StoredValue;
      readonly secrets: readonly string[];
      readonly now: number;
    })
  /** The run is to end; the handler's signal aborts. */
  | (RunId & { readonly type: 'abort'; readonly error: SerializedError })
  /** The body of a step is to run; it was called for by `call`. */
  | (RunId & { readonly type: 'work'; readonly call: number })
  | (RunId & {
      readonly type: 'answer';
      readonly call: number;
      readonly secrets?: readonly string[];
    } & Ending);

/** What an isolate says. */
export type IsolateMessage =
  /** The module is loaded, or why it cannot be. */
  | { readonly type: 'hello'; readonly protocol: number; readonly error?: SerializedError }
  /** Wants an answer. */
  | (RunId & {
      readonly type: 'call';
      readonly call: number;
      readonly name: string;
      readonly args: readonly StoredValue[];
    })
  /** Wants none. */
  | (RunId & { readonly type: 'tell'; readonly name: string; readonly args: readonly StoredValue[] })
  /** The body of a step has ended. */
  | (RunId & { readonly type: 'worked'; readonly call: number } & Ending)
  /** The handler has ended. */
  | (RunId & { readonly type: 'result' } & Ending);

/** What a message would have been, had its run been the current one; undefined: nothing that is recorded. */
export function rejectedAs(message: IsolateMessage): RejectedResult | undefined {
  if (message.type === 'result') return message.ok ? 'succeeded' : 'failed';
  return message.type === 'worked' ? 'stepped' : undefined;
}
