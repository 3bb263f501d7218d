import { KernelError } from '@tksm/abstractions';
import type { HandleId, Instant, JobId, JobSpec, KernelEvent } from '@tksm/abstractions';
import { userOf } from '../state/apply-capability.ts';
import type { CapabilityState } from '../state/capability-table.ts';
import type { KernelState } from '../state/kernel-state.ts';
import { denied, expiresFirst } from './denial.ts';
import { OPERATOR_ID } from './handle-table.ts';
import { Held } from './held.ts';
import { requiredRights } from './required-rights.ts';
import type { Asked, KindOf } from './required-rights.ts';

/**
 * The gate: whether a handle allows what is about to be recorded. Guarantees:
 *
 * 1. No event that names a handle is recorded on request unless the handle is live, has the right that the event needs, and
 *    its bounds and those of every handle above it leave room for it. A group of events is admitted as a whole.
 * 2. The answer follows from the log alone: rights, revocations and counters are state, and time is the frame's.
 *
 * The operator's handle allows everything; while there is no other, nothing is looked at.
 */
export class Authority {
  readonly #state: KernelState;
  readonly #held = new Map<HandleId, Held>();

  constructor(state: KernelState) {
    this.#state = state;
  }

  /** Takes in an event that was just applied. */
  observe(event: KernelEvent): void {
    // Those below it have gone with it.
    if (event.type === 'capability.revoked') this.#held.clear();
  }

  /** Whether a handle still allows anything. */
  isLive(id: HandleId, now: Instant): boolean {
    return id === OPERATOR_ID || (this.find(id)?.expiresAt ?? 0) > now;
  }

  /** A handle that was not revoked. */
  find(id: HandleId): Held | undefined {
    const known = this.#held.get(id);
    if (known !== undefined) return known;
    const record = this.#state.capabilities.get(id);
    if (record === undefined) return undefined;
    const held = new Held(record, this.find(record.parent));
    this.#held.set(id, held);
    return held;
  }

  /** Judges one thing that is asked for. @throws KernelError `CapabilityDenied` */
  check(id: HandleId, asked: Asked, now: Instant): void {
    if (id !== OPERATOR_ID) this.#judge(this.#live(id, now), asked, now);
  }

  /** @throws KernelError `CapabilityDenied` for a handle that was revoked or has expired */
  checkLive(id: HandleId, now: Instant): void {
    if (id !== OPERATOR_ID) this.#live(id, now);
  }

  /** Judges events that are about to be recorded together. @throws KernelError `CapabilityDenied`, `CapabilityExpiresFirst` */
  admit(events: readonly KernelEvent[], now: Instant): void {
    if (this.#state.capabilities.size === 0 && !events.some(isForeign)) return;
    const kindOf: KindOf = (job) => this.#kindOf(job, events);
    const uses = new Uses();
    for (const event of events) {
      const user = userOf(event);
      if (user === undefined || user === OPERATOR_ID) continue;
      const held = this.#live(user, now);
      for (const asked of requiredRights(event, kindOf)) this.#judge(held, asked, now);
      if (event.type === 'job.submitted') outlives(held, event.spec.notBefore);
      if (event.type === 'schedule.set') outlives(held, event.spec.until ?? Number.POSITIVE_INFINITY);
      uses.add(held);
    }
    uses.check(now);
  }

  /** Judges jobs that one handle is about to submit in several groups. @throws as `admit` */
  admitJobs(id: HandleId, jobs: readonly { readonly spec: JobSpec }[], now: Instant): void {
    if (id === OPERATOR_ID) return;
    const held = this.#live(id, now);
    const uses = new Uses();
    for (const { spec } of jobs) {
      this.#judge(held, { action: 'job.submit', resource: spec.kind, kind: spec.kind }, now);
      outlives(held, spec.notBefore);
      uses.add(held);
    }
    uses.check(now);
  }

  #live(id: HandleId, now: Instant): Held {
    const held = this.find(id);
    if (held === undefined) throw denied(id, 'is revoked, or unknown');
    if (held.expiresAt <= now) throw denied(id, 'has expired', { caveat: 'expiresAt' });
    return held;
  }

  #judge(held: Held, asked: Asked, now: Instant): void {
    const { action, resource } = asked;
    const right = `${action}:${resource}`;
    if (!held.hasRight(action, resource)) throw denied(held.record.id, `does not allow ${right}`, { right });
    const caveat = held.refusing(asked, now);
    if (caveat !== undefined)
      throw denied(held.record.id, `does not allow ${right}: ${caveat}`, { right, caveat });
  }

  /** One that has retired is recalled by an event before the one that is about it. */
  #kindOf(job: JobId, events: readonly KernelEvent[]): string {
    const known = this.#state.jobs.get(job);
    if (known !== undefined) return known.spec.kind;
    const recalled = events.find((event) => event.type === 'job.recalled' && event.job === job);
    return recalled?.type === 'job.recalled' ? recalled.record.spec.kind : '';
  }
}

/** Thirds of a period add up to it. */
const ROUNDING = 1e-6;

/** How often each bounded handle is about to be used. */
class Uses {
  readonly #counts = new Map<CapabilityState, number>();

  add({ chain }: Held): void {
    for (const record of chain) {
      const { count, rate } = record.caveats ?? {};
      if ((count ?? rate) !== undefined) this.#counts.set(record, (this.#counts.get(record) ?? 0) + 1);
    }
  }

  /** @throws KernelError `CapabilityDenied` with `data.retryAfterMs` where a rate refuses for now */
  check(now: Instant): void {
    for (const [{ id, caveats, uses = 0, fullAt = 0 }, more] of this.#counts) {
      const { count, rate } = caveats ?? {};
      if (count !== undefined && uses + more > count)
        throw denied(id, `is used up: ${count} uses`, { caveat: 'count' });
      if (rate === undefined) continue;
      const { limit, periodMs } = rate;
      const waitMs = Math.ceil(Math.max(fullAt, now) + (more * periodMs) / limit - periodMs - now - ROUNDING);
      if (waitMs <= 0) continue;
      const retryAfterMs = more > limit ? undefined : waitMs;
      throw denied(id, `allows ${limit} uses in ${periodMs} ms`, {
        caveat: 'rate',
        ...(retryAfterMs && { retryAfterMs }),
      });
    }
  }
}

/** Whether an event names a handle that is not the operator's. */
function isForeign(event: KernelEvent): boolean {
  return 'by' in event && event.by !== undefined && event.by !== OPERATOR_ID;
}

/** @throws KernelError `CapabilityExpiresFirst` */
function outlives({ record, expiresAt }: Held, until: Instant | undefined): void {
  if (until !== undefined && until >= expiresAt) throw expiresFirst(record.id, expiresAt);
}
