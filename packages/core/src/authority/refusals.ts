import { commandId, isKernelError } from '@tksm/abstractions';
import type { Command, HandleId, Instant, JobId, KernelError, KernelEvent } from '@tksm/abstractions';
import type { KernelState } from '../state/kernel-state.ts';

/** Refusals of one handle that are told at once, and how soon another one may be. */
const HANDLE = { burst: 100, everyMs: 1_000 } as const;
/** The same of all handles together. */
const ZONE = { burst: 1_000, everyMs: 50 } as const;
/** Handles that are remembered here. */
const MOST_HANDLES = 1_024;
/** How much of a right is told: a sound one may be longer, and what is none may be of any length. */
const MOST_SHOWN = 256;

interface Bucket {
  /** How many may be told now. */
  left: number;
  at: Instant;
}

/** What is known of one handle's refusals. */
interface Refused extends Bucket {
  omitted: number;
}

/** What is needed of the engine to tell of a refusal. */
interface Teller {
  readonly state: KernelState;
  readonly now: Instant;
  readonly abandoned: boolean;
  commit(events: readonly KernelEvent[]): void;
}

function isRefusal(error: unknown): error is KernelError {
  return isKernelError(error, 'CapabilityDenied') || isKernelError(error, 'NotAdmitted');
}

/** What was asked for, as far as it is told. */
interface AskedFor {
  readonly job?: JobId;
  readonly command?: Command;
}

/**
 * Tells the log of what was refused, so that whoever watches sees an attempt to exceed, and what is missing here. Guarantees: a
 * handle leaves at most 100 such events at once and one each second, all together 1,000 and 20; how many of its own were left out is told
 * with the next.
 */
export class Refusals {
  readonly #engine: Teller;
  readonly #refused = new Map<HandleId, Refused>();
  readonly #zone: Bucket = { left: ZONE.burst, at: 0 };

  constructor(engine: Teller) {
    this.#engine = engine;
  }

  /** Asks the gate: what it refuses is told, whatever is made of it. @throws what `ask` does */
  asking<T>(by: HandleId, ask: () => T, asked: AskedFor = {}): T {
    try {
      return ask();
    } catch (error) {
      this.tell(error, by, asked);
      throw error;
    }
  }

  /** Tells of an error if it is a refusal of the gate, or a kind that is not there. `by` asked. */
  tell(error: unknown, by: HandleId, asked: AskedFor = {}): void {
    if (this.#engine.abandoned) return;
    if (isRefusal(error)) this.#denied(error, by, asked.job);
    else if (isKernelError(error, 'UnsupportedOperation')) this.#unsupported(error, by, asked.command);
  }

  /** `by` may have asked for what another handle, below it, then refuses. */
  #denied(error: KernelError, by: HandleId, job: JobId | undefined): void {
    const { state } = this.#engine;
    const { handle: refusing = by } = error.data as { readonly handle?: HandleId };
    const handle = state.capabilities.isWithin(refusing, by) ? refusing : by;
    // What is over cannot exceed any more; and a table of what once was would have no end.
    if (state.capabilities.get(handle) === undefined) return;
    const { right, caveat } = wordsOf(error);
    this.#record(handle, (omitted) => ({
      ...{ type: 'capability.denied', v: 1, handle },
      ...(right !== undefined && { right }),
      ...(caveat !== undefined && { caveat }),
      ...(job !== undefined && { job }),
      ...omitted,
    }));
  }

  #unsupported(error: KernelError, by: HandleId, command: Command | undefined): void {
    const { kind } = error.data as { readonly kind?: string };
    // Another text than that of a kind may be of any length.
    if (kind === undefined || !isKindName(kind) || command === undefined) return;
    this.#record(by, (omitted) => ({
      ...{ type: 'command.refused', v: 1, handle: by, kind, error: error.toJSON() },
      ...(command.id !== undefined && { cmd: commandId(command.id) }),
      ...omitted,
    }));
  }

  /** Nothing of this stands in the way of the refusal itself. */
  #record(handle: HandleId, event: (omitted: { readonly omitted?: number }) => KernelEvent): void {
    const { now } = this.#engine;
    const refused = this.#of(handle, now);
    if (!take(refused, now, HANDLE) || !take(this.#zone, now, ZONE)) {
      refused.omitted += 1;
      return;
    }
    const { omitted } = refused;
    refused.omitted = 0;
    try {
      this.#engine.commit([event(omitted > 0 ? { omitted } : {})]);
    } catch {
      refused.omitted = omitted + 1;
    }
  }

  /** What is known of a handle; the one that was longest not refused anything is forgotten first. */
  #of(handle: HandleId, now: Instant): Refused {
    const refused = this.#refused.get(handle) ?? { left: HANDLE.burst, at: now, omitted: 0 };
    this.#refused.delete(handle);
    if (this.#refused.size >= MOST_HANDLES) {
      const [oldest] = this.#refused.keys();
      if (oldest !== undefined) this.#refused.delete(oldest);
    }
    this.#refused.set(handle, refused);
    return refused;
  }
}

/** Takes one out of a bucket that fills again with time. */
function take(bucket: Bucket, now: Instant, { burst, everyMs }: typeof HANDLE | typeof ZONE): boolean {
  bucket.left = Math.min(burst, bucket.left + (now - bucket.at) / everyMs);
  bucket.at = now;
  if (bucket.left < 1) return false;
  bucket.left -= 1;
  return true;
}

function wordsOf({ code, data }: KernelError): { readonly right?: string; readonly caveat?: string } {
  if (code === 'NotAdmitted') return { right: `job.submit:${String(data['kind'])}`, caveat: 'policy' };
  const { right, caveat } = data as { readonly right?: string; readonly caveat?: string };
  return {
    ...(right !== undefined && { right: right.slice(0, MOST_SHOWN).toWellFormed() }),
    ...(caveat !== undefined && { caveat }),
  };
}

/** Source: the names of kinds, `kindName` of the abstractions. */
function isKindName(text: string): boolean {
  return /^[A-Za-z0-9_.:-]{1,128}$/.test(text);
}
