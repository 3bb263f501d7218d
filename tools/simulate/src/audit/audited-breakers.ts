// Breakers as the log tells them: which attempts each saw, what phase it is in, and what follows. A job that a breaker holds back
// is not leased; one that is half-open lets its probes through and no more; each opens and closes for a reason.

import type { BreakerEvent, BreakerName, SerializedError } from '@tksm/abstractions';
import { isSystemJob } from './audited-job.ts';
import type { AuditedJob } from './audited-job.ts';
import type { AuditedSettings } from './audited-settings.ts';
import { mustHold } from './violation.ts';

interface Breaker {
  phase: 'closed' | 'open' | 'half-open';
  /** When it took its phase on, and at which event. */
  since: number;
  until: number | undefined;
  probes: number;
  /** Phases that it has had: what probed an earlier one probes this one no more. */
  phases: number;
  /** How the attempts ended that it has seen in this phase. */
  attempts: { readonly at: number; readonly failed: boolean }[];
}

interface BreakerRules {
  readonly failures: number;
  readonly windowMs: number;
  readonly share: number;
  readonly probes: number;
}

type Moment = { readonly what: string; readonly time: number };

/** A resource has a breaker though no setting says so. */
const OF_A_RESOURCE: BreakerRules = { failures: 5, windowMs: 60_000, share: 0.5, probes: 1 };
/** Older failures are forgotten, and the breaker with the first success after that. */
const FORGOTTEN_AFTER_MS = 3_600_000;

/** Says nothing of the kind or the resource: the job was wrong, or was told to stop. */
const NO_FAULT_OF_THEIRS = [
  ...['Cancelled', 'Interrupted', 'LeaseLost', 'DeadlineExceeded', 'ChildFailed', 'DependencyFailed'],
  ...['ProcessRejected', 'PreconditionFailed', 'InboxClosed', 'InboxFull', 'InvalidInput', 'InvalidValue'],
  ...['InvalidSpec', 'PayloadTooLarge', 'SecretMissing', 'SecretInClear', 'SubjectErased', 'SubjectUnknown'],
  'ErasureUnderWay',
];

export class AuditedBreakers {
  readonly #breakers = new Map<string, Breaker>();
  readonly #settings: AuditedSettings;
  /** Those that saw a failure in this frame. */
  readonly #failed = new Set<BreakerName>();

  constructor(settings: AuditedSettings) {
    this.#settings = settings;
  }

  /** A job is leased. `running`: all that hold a lease, it included. */
  leased(job: AuditedJob, running: Iterable<AuditedJob>, { what }: Moment): void {
    if (this.#breakers.size === 0 || isSystemJob(job)) return;
    for (const name of namesOf(job)) {
      const breaker = this.#breakers.get(name);
      if (breaker === undefined || breaker.phase === 'closed') continue;
      mustHold('breakers-hold', breaker.phase !== 'open', `${what}, whose breaker ${name} is open`);
      const passed = breaker.attempts.filter(({ failed }) => !failed).length;
      const probe = `${name} ${breaker.phases}`;
      job.probes.add(probe);
      const probing = [...running].filter(({ probes }) => probes.has(probe)).length;
      const isAllowed = probing + passed <= breaker.probes;
      mustHold('breakers-hold', isAllowed, `${what}, one probe of ${name} more than ${breaker.probes}`);
    }
  }

  /** An attempt ended; `error` when it failed. */
  ended(job: AuditedJob, error: SerializedError | undefined, { time }: Moment): void {
    if (isSystemJob(job)) return;
    if (error !== undefined && NO_FAULT_OF_THEIRS.includes(error.code)) return;
    for (const name of namesOf(job)) {
      const breaker = this.#of(name, error !== undefined);
      if (breaker === undefined || breaker.phase === 'open') continue;
      if (job.leasedAt < breaker.since) continue;
      const last = breaker.attempts.findLast(({ failed }) => failed)?.at ?? breaker.since;
      if (error === undefined && breaker.phase === 'closed' && time - last > FORGOTTEN_AFTER_MS) {
        this.#breakers.delete(name);
        continue;
      }
      breaker.attempts.push({ at: time, failed: error !== undefined });
      if (error !== undefined) this.#failed.add(name);
    }
  }

  /** Whether no breaker holds a job back. */
  areClosed(job: AuditedJob): boolean {
    return namesOf(job).every((name) => (this.#breakers.get(name)?.phase ?? 'closed') === 'closed');
  }

  observe(event: BreakerEvent, { what, time }: Moment): void {
    const { breaker: name } = event;
    const before = this.#of(name, true);
    if (before === undefined) return;
    const rules = this.#rulesOf(name);
    const byHand = 'by' in event && event.by !== undefined;
    if (event.type === 'breaker.half-opened') {
      const isDue = before.phase === 'open' && (before.until ?? Number.POSITIVE_INFINITY) <= time;
      mustHold('breakers-follow', isDue, `${what}: ${name} is ${before.phase} until ${before.until ?? ''}`);
    } else if (event.type === 'breaker.opened' && !byHand) {
      const failed = before.attempts.some((attempt) => attempt.failed);
      const hasReason =
        rules !== undefined && (before.phase === 'half-open' ? failed : mustOpen(before, rules, time));
      mustHold('breakers-follow', hasReason, `${what}: ${name} opens without a reason`);
    } else if (event.type === 'breaker.closed' && !byHand && rules !== undefined) {
      const passed = before.attempts.filter((attempt) => !attempt.failed).length;
      const isProven = before.phase === 'half-open' && passed >= before.probes;
      mustHold('breakers-follow', isProven, `${what}: ${name} closes after ${passed} probes`);
    }
    Object.assign(before, {
      phase:
        event.type === 'breaker.opened' ? 'open' : event.type === 'breaker.closed' ? 'closed' : 'half-open',
      ...{
        since: time,
        until: event.type === 'breaker.opened' ? event.until : undefined,
        byHand,
        phases: before.phases + 1,
      },
      ...{ probes: event.type === 'breaker.half-opened' ? event.probes : 0, attempts: [] },
    } satisfies Partial<Breaker>);
  }

  /** A frame is over: what failed often enough in it has opened in it. */
  framed(time: number): void {
    for (const name of this.#failed) {
      const [breaker, rules] = [this.#breakers.get(name), this.#rulesOf(name)];
      if (breaker?.phase !== 'closed' || rules === undefined) continue;
      mustHold('breakers-follow', !mustOpen(breaker, rules, time), `${name} should have opened at ${time}`);
    }
    this.#failed.clear();
  }

  #of(name: string, isNew: boolean): Breaker | undefined {
    const found = this.#breakers.get(name);
    if (found !== undefined || !isNew) return found;
    const closed = {
      phase: 'closed' as const,
      since: 0,
      until: undefined,
      ...{ probes: 0, phases: 0 },
      attempts: [],
    };
    this.#breakers.set(name, closed);
    return closed;
  }

  #rulesOf(name: BreakerName): BreakerRules | undefined {
    const family = name.startsWith('kind.') ? 'kind' : 'resource';
    const own = this.#settings.of(`tksm.breaker.${name}`) ?? this.#settings.of(`tksm.breaker.${family}.*`);
    if (own === undefined) return family === 'resource' ? OF_A_RESOURCE : undefined;
    return own as unknown as BreakerRules;
  }
}

/** The last failures came within the window, and were a large part of what was tried since the first of them. */
function mustOpen({ attempts }: Breaker, { failures, windowMs, share }: BreakerRules, now: number): boolean {
  const failed = attempts.flatMap((attempt, index) => (attempt.failed ? [index] : []));
  const first = failed.at(-failures);
  if (first === undefined || failed.length < failures) return false;
  const since = attempts.slice(first);
  return now - (since[0]?.at ?? now) <= windowMs && failures >= share * since.length;
}

function namesOf({ spec: { kind, resources = [] } }: AuditedJob): BreakerName[] {
  return [`kind.${kind}` as const, ...resources.map((resource) => `resource.${resource}` as const)];
}
