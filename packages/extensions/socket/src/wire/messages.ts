import type { SerializedError, StoredValue } from '@tksm/abstractions';

/** What this release speaks, the best first. */
export const VERSIONS = Object.freeze([1]);

/** Handshake: the client begins. Nonces are 128 bits in hex. */
export interface Hello {
  readonly type: 'hello';
  readonly versions: readonly number[];
  readonly nonce: string;
}

/** The server chooses a version and proves that it knows the secret. */
export interface Challenge {
  readonly type: 'challenge';
  readonly version: number;
  readonly nonce: string;
  readonly proof: string;
}

/** The client proves that it knows the secret. */
export interface Answer {
  readonly type: 'answer';
  readonly proof: string;
  /** What it acts under, and no more. Absent: as the user that it is. */
  readonly token?: string;
}

export interface Welcome {
  readonly type: 'welcome';
  readonly zone: string;
  /** The client's token was taken. */
  readonly accepted?: true;
}

/** A command as it is sent: its kind by name, its input in stored form. */
export interface SentJob {
  readonly kind: string;
  readonly input?: StoredValue;
  readonly [option: string]: unknown;
}

export interface SentCommand extends SentJob {
  readonly id: string;
}

/** A part of a batch, in order; the last one has no `more`, and is answered with the receipts. */
export interface SentBatch {
  readonly type: 'batch';
  /** Its command id. */
  readonly batch: string;
  readonly part: number;
  readonly more: boolean;
  readonly jobs: readonly SentJob[];
}

export type Call =
  | {
      readonly type: 'submit';
      readonly expect: 'any' | 'task' | 'operation';
      readonly command: SentCommand;
    }
  | SentBatch
  | { readonly type: 'outcome'; readonly job: string }
  | { readonly type: 'job'; readonly job: string }
  | { readonly type: 'health' }
  | { readonly type: 'events'; readonly from?: number | undefined }
  | { readonly type: 'progress'; readonly job: string };

/** What a client sends after the handshake. It numbers its requests; `cancel` takes one back. */
export type Request = (Call | { readonly type: 'cancel' }) & { readonly id: number };

/** An error with its advice, which its plain form leaves out. */
export interface SentError extends SerializedError {
  readonly next: string;
}

/** What a server sends after the handshake: `result` or `error` once, or any number of `item` and then `end` or `error`. */
export type Reply =
  | { readonly type: 'result'; readonly id: number; readonly value?: unknown }
  | { readonly type: 'item'; readonly id: number; readonly value: unknown }
  | { readonly type: 'end'; readonly id: number }
  | { readonly type: 'error'; readonly id: number; readonly error: SentError };

/** Before a server closes a connection that went wrong. */
export interface Bye {
  readonly type: 'bye';
  readonly error: SentError;
}
