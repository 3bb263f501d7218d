import type {
  AgentId,
  CapabilityClaim,
  HandleId,
  Instant,
  JobId,
  JobSpec,
  JobSubmitted,
  KernelError,
  KernelEvent,
  SupervisorChildChanged,
} from '@tksm/abstractions';
import type { RetiredRecords } from '../retention/retired-records.ts';
import { hasReferences } from '../sealing/tagged.ts';
import { userOf } from '../state/apply-capability.ts';
import type { AgentState } from '../state/agent-state.ts';
import type { Capability } from '../state/capability-table.ts';
import { NO_METER } from '../state/use-meters.ts';
import type { KernelState } from '../state/kernel-state.ts';
import { denied, expiresFirst, tooFast, usedUp } from './denial.ts';
import { OPERATOR_ID } from './handle-table.ts';
import { allowsKind, heldOf } from './held.ts';
import type { Held } from './held.ts';
import { lanesIn } from './lanes-in.ts';
import { requiredRights, toSubmit } from './required-rights.ts';
import type { TrustGate } from './trust/trust-gate.ts';
import type { Asked, KindOf, PathOf } from './required-rights.ts';

const NONE: readonly CapabilityClaim[] = [];

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
  readonly #trust: TrustGate;
  readonly #retired: RetiredRecords;

  constructor(state: KernelState, trust: TrustGate, retired: RetiredRecords) {
    this.#state = state;
    this.#trust = trust;
    this.#retired = retired;
  }

  /** Whether a handle still allows anything. */
  isLive(id: HandleId, now: Instant): boolean {
    return this.#state.capabilities.isLive(id, now);
  }

  /** A handle that was not revoked. */
  find(id: HandleId): Held | undefined {
    const capability = this.#state.capabilities.get(id);
    return capability && heldOf(capability);
  }

  /** Judges one thing that is asked for. @throws KernelError `CapabilityDenied` */
  check(id: HandleId, asked: Asked, now: Instant): void {
    if (id !== OPERATOR_ID) this.#judge(this.#live(id, now), asked, now);
  }

  /** Judges whether a handle allows jobs of a kind, whatever their input. @throws as `check` */
  checkKind(id: HandleId, kind: string, now: Instant): void {
    if (id === OPERATOR_ID) return;
    const capability = this.#live(id, now);
    if (allowsKind(capability, kind)) return;
    this.#judge(capability, { action: 'job.submit', resource: kind, kind }, now);
  }

  /** Judges whether a handle has any right of a family of actions (`fs.`), or else the one that is asked for. @throws as `check` */
  checkFamily(id: HandleId, family: string, asked: Asked, now: Instant): void {
    if (id === OPERATOR_ID) return;
    const capability = this.#live(id, now);
    if (!heldOf(capability).hasFamily(family)) this.#judge(capability, asked, now);
  }

  /** @throws KernelError `CapabilityDenied` for a handle that was revoked or has expired */
  checkLive(id: HandleId, now: Instant): void {
    if (id !== OPERATOR_ID) this.#live(id, now);
  }

  /**
   * Judges events that are about to be recorded together.
   *
   * @throws KernelError `CapabilityDenied`, `CapabilityExpiresFirst`, `NotAdmitted`
   */
  admit(events: readonly KernelEvent[], now: Instant): void {
    if (this.#state.capabilities.size > 0 || events.some(isForeign)) this.#admitForeign(events, now);
    // Who has no right to something is not told what this host thinks of it.
    this.#trust.admit(events);
  }

  #admitForeign(events: readonly KernelEvent[], now: Instant): void {
    const [first] = events;
    if (events.length === 1 && first?.type === 'job.submitted') this.#admitOne(first, now);
    else this.#admitAll(events, now);
  }

  /** Judges jobs that one handle is about to submit in several groups. @throws as `admit` */
  admitJobs(id: HandleId, jobs: readonly { readonly spec: JobSpec }[], now: Instant): void {
    if (id !== OPERATOR_ID) {
      const capability = this.#live(id, now);
      for (const { spec } of jobs) this.#judgeJob(capability, spec, now);
      const [first] = jobs;
      if (first !== undefined) this.#checkBounds(capability, first.spec, jobs.length, now);
    }
    this.#trust.admitJobs(id, jobs);
  }

  /** The way of most submissions: nothing is counted together. */
  #admitOne(event: JobSubmitted, now: Instant): void {
    const user = userOf(event);
    if (user === undefined || user === OPERATOR_ID) return;
    const capability = this.#live(user, now);
    this.#judgeJob(capability, event.spec, now);
    this.#checkBounds(capability, event.spec, 1, now);
  }

  #admitAll(events: readonly KernelEvent[], now: Instant): void {
    const kindOf: KindOf = (job) => this.#kindOf(job, events);
    const pathOf: PathOf = (agent) => this.#state.agents.pathOf(agent);
    const uses = new Map<Capability, { readonly first: KernelEvent; more: number }>();
    for (const event of events) {
      const user = userOf(event);
      if (user === undefined || user === OPERATOR_ID) continue;
      const capability = this.#live(user, now);
      if (event.type === 'job.submitted') this.#judgeJob(capability, event.spec, now);
      else for (const asked of requiredRights(event, kindOf, pathOf)) this.#judge(capability, asked, now);
      if (event.type === 'job.debounced') {
        this.#checkOwn(user, event.job);
        outlives(capability, event.notBefore);
      }
      if (setsUp(event)) refuseBounded(capability);
      for (const agent of lanesIn(event)) this.#judgeLane(capability, agent, now);
      if (event.type === 'supervisor.child-changed') this.#checkChild(user, event);
      if (event.type === 'schedule.set') outlives(capability, event.spec.until ?? Number.POSITIVE_INFINITY);
      for (const one of capability.bounded) {
        const use = uses.get(one);
        if (use === undefined) uses.set(one, { first: event, more: 1 });
        else use.more += 1;
      }
    }
    // Each with what is asked of it alone: those above are asked for what others use, too.
    const { meters } = this.#state.capabilities;
    for (const [one, { first, more }] of uses)
      if (meters.isFull(one.meter, more, now))
        throw this.#refusedUse(one, requiredRights(first, kindOf, pathOf), more, now);
  }

  #judgeJob(capability: Capability, spec: JobSpec, now: Instant): void {
    const { kind, input, uses } = spec;
    // Most jobs need the right to submit their kind, and nothing is to be made for them.
    if (uses !== undefined || hasReferences(input) || !allowsKind(capability, kind))
      for (const asked of toSubmit(spec)) this.#judge(capability, asked, now);
    for (const claim of spec.claims ?? NONE) judgeClaim(capability, claim);
    if (spec.agent !== undefined) this.#judgeLane(capability, spec.agent as AgentId, now);
    outlives(capability, spec.notBefore);
  }

  /** The lane of an agent is for jobs of its own, and for who may schedule them. */
  #judgeLane(capability: Capability, id: AgentId, now: Instant): void {
    const { agents } = this.#state;
    const agent = agents.get(id);
    if (agent === undefined || this.#holderOf(capability) === agent) return;
    this.#judge(capability, { action: 'agent.schedule-task', resource: agents.pathOf(id) }, now);
  }

  /** The agent that a handle is of: its own, or one derived from that. Below it, those of its sub-agents are theirs. */
  #holderOf(capability: Capability): AgentState | undefined {
    for (let at: Capability | undefined = capability; at !== undefined; at = at.above) {
      const agent = this.#state.agents.holding(at.id);
      if (agent !== undefined) return agent;
    }
    return undefined;
  }

  /** A job runs by the handle that submitted it: nobody else gives it another input. */
  #checkOwn(user: HandleId, id: JobId): void {
    const job = this.#state.jobs.get(id);
    if (job !== undefined && this.#state.capabilities.isWithin(job.by, user)) return;
    throw denied(user, `did not submit job ${id}, which waits under that debounce key`, { job: id });
  }

  /** What is added to a supervisor runs by the handle that started it. */
  #checkChild(user: HandleId, { supervisor, change }: SupervisorChildChanged): void {
    const owner = this.#state.supervisors.get(supervisor)?.by;
    if (change.what !== 'added' || owner === undefined || this.#state.capabilities.isWithin(owner, user))
      return;
    throw denied(user, `did not start supervisor ${supervisor}`, { supervisor });
  }

  #live(id: HandleId, now: Instant): Capability {
    const capability = this.#state.capabilities.get(id);
    if (capability === undefined) throw denied(id, 'has ended, or is unknown');
    if (capability.isExpired(now)) throw denied(id, 'has expired', { caveat: 'expiresAt' });
    return capability;
  }

  #judge(capability: Capability, asked: Asked, now: Instant): void {
    const held = heldOf(capability);
    const { action, resource } = asked;
    const isHeld = held.hasRight(action, resource);
    const caveat = isHeld ? held.refusing(asked, now) : undefined;
    if (isHeld && caveat === undefined) return;
    const right = told(asked);
    const why = `does not allow ${right}`;
    throw caveat === undefined
      ? denied(capability.id, why, { right })
      : denied(capability.id, `${why}: ${caveat}`, { right, caveat });
  }

  /** Whether a handle, and each above it, leaves room for so many uses. @throws KernelError `CapabilityDenied` */
  #checkBounds(capability: Capability, spec: JobSpec, more: number, now: Instant): void {
    const refusing = this.#state.capabilities.meters.refusing(capability.meter, more, now);
    if (refusing === NO_METER) return;
    const full = capability.bounded.find(({ meter }) => meter === refusing) ?? capability;
    throw this.#refusedUse(full, toSubmit(spec), more, now);
  }

  /** How a handle refuses uses that it has no room for. */
  #refusedUse(
    { id, caveats, meter }: Capability,
    [first]: readonly Asked[],
    more: number,
    now: Instant,
  ): KernelError {
    const { meters } = this.#state.capabilities;
    const right = first && told(first);
    const { uses = 0 } = meters.read(meter);
    const { count = Number.POSITIVE_INFINITY, rate } = caveats ?? {};
    if (rate === undefined || uses + more > count) return usedUp(id, right, count);
    return tooFast(id, right, rate, more, meters.excess(meter, more, now));
  }

  /** One that is not there is submitted, or recalled, by an event of the same group; or it has retired, and stays so. */
  #kindOf(job: JobId, events: readonly KernelEvent[]): string {
    const known = this.#state.jobs.get(job);
    if (known !== undefined) return known.spec.kind;
    for (const event of events) {
      if (event.type === 'job.submitted' && event.job === job) return event.spec.kind;
      if (event.type === 'job.recalled' && event.job === job) return event.record.spec.kind;
    }
    return this.#retired.job(job)?.spec.kind ?? '';
  }
}

/** A right as a refusal names it. */
function told({ action, resource, told = resource }: Asked): string {
  return `${action}:${told}`;
}

/** A job may claim no more than its handle has. @throws KernelError `CapabilityDenied` */
function judgeClaim(capability: Capability, right: CapabilityClaim): void {
  if (!heldOf(capability).hasAllOf(right))
    throw denied(capability.id, `does not allow all of ${right}, which the job claims`, { right });
}

/** Whether an event leads to jobs of which nobody knows how many there will be. */
function setsUp(event: KernelEvent): boolean {
  if (event.type === 'supervisor.child-changed') return event.change.what === 'added';
  return event.type === 'schedule.set' || event.type === 'supervisor.started';
}

function refuseBounded({ id, bounded }: Capability): void {
  if (bounded.length > 0)
    throw denied(id, 'has a bound on uses: what repeats needs one without', { caveat: 'count' });
}

/** Whether an event names a handle that is not the operator's. */
function isForeign(event: KernelEvent): boolean {
  return 'by' in event && event.by !== undefined && event.by !== OPERATOR_ID;
}

/** @throws KernelError `CapabilityExpiresFirst` */
function outlives({ id, expiresAt }: Capability, until: Instant | undefined): void {
  if (until !== undefined && expiresAt !== undefined && until >= expiresAt) throw expiresFirst(id, expiresAt);
}
