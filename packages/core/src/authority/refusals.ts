import { commandId, isKernelError } from '@tksm/abstractions';
import type { Command, HandleId, Instant, JobId, KernelError, KernelEvent } from '@tksm/abstractions';
import type { KernelState } from '../state/kernel-state.ts';

/** Refusals of one handle that are told at once, and how soon another one may be. */
const BURST = 100;
const EVERY_MS = 1_000;
/** Handles that are remembered here; of more than that, the oldest begins anew. */
const MOST_HANDLES = 1_024;

/** What is known of one handle's refusals. */
interface Refused {
  /** How many may be told now. */
  left: number;
  at: Instant;
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
 * handle leaves at most 100 such events at once and one each second; how many were left out is told with the next.
 */
export class Refusals {
  readonly #engine: Teller;
  readonly #refused = new Map<HandleId, Refused>();

  constructor(engine: Teller) {
    this.#engine = engine;
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
    const cmd = command.id === undefined ? undefined : commandId(command.id);
    this.#record(by, (omitted) => ({
      ...{ type: 'command.refused', v: 1, handle: by, kind, error: error.toJSON() },
      ...(cmd !== undefined && { cmd }),
      ...omitted,
    }));
  }

  #record(handle: HandleId, event: (omitted: { readonly omitted?: number }) => KernelEvent): void {
    const omitted = this.#take(handle, this.#engine.now);
    if (omitted !== undefined) this.#engine.commit([event(omitted > 0 ? { omitted } : {})]);
  }

  /** How many were left out before this one; undefined when it is left out, too. */
  #take(handle: HandleId, now: Instant): number | undefined {
    const refused = this.#refused.get(handle) ?? this.#begin(handle, now);
    refused.left = Math.min(BURST, refused.left + (now - refused.at) / EVERY_MS);
    refused.at = now;
    if (refused.left < 1) {
      refused.omitted += 1;
      return undefined;
    }
    const { omitted } = refused;
    refused.left -= 1;
    refused.omitted = 0;
    return omitted;
  }

  #begin(handle: HandleId, at: Instant): Refused {
    if (this.#refused.size >= MOST_HANDLES) {
      const [oldest] = this.#refused.keys();
      if (oldest !== undefined) this.#refused.delete(oldest);
    }
    const refused = { left: BURST, at, omitted: 0 };
    this.#refused.set(handle, refused);
    return refused;
  }
}

function wordsOf({ code, data }: KernelError): { readonly right?: string; readonly caveat?: string } {
  if (code === 'NotAdmitted') return { right: `job.submit:${String(data['kind'])}`, caveat: 'policy' };
  return data as { readonly right?: string; readonly caveat?: string };
}

/** Source: the names of kinds, `kindName` of the abstractions. */
function isKindName(text: string): boolean {
  return /^[A-Za-z0-9_.:-]{1,128}$/.test(text);
}
