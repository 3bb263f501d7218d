import type { BreakerFailure, BreakerName, BreakerRecord, Instant, JobSpec } from '@tksm/abstractions';

/** Breakers that are known at the same time; beyond that those that are closed are forgotten, oldest failure first. */
const MAX_BREAKERS = 1_000;
/** Failures that a breaker remembers: the most that may be asked for before it opens. */
export const MAX_FAILURES = 100;
/** How long a failure is remembered: the longest window that may be asked for. */
export const LONGEST_WINDOW_MS = 3_600_000;

/** A breaker's facts while they change. */
export type BreakerState = {
  -readonly [K in keyof Omit<BreakerRecord, 'failures'>]: BreakerRecord[K];
} & { failures: { -readonly [K in keyof BreakerFailure]: BreakerFailure[K] }[] };

/**
 * The breakers that are not closed, or have seen failures lately. By the name of what they guard, so that asking for one
 * makes no text.
 */
export class BreakerTable {
  readonly #of = { kind: new Map<string, BreakerState>(), resource: new Map<string, BreakerState>() };

  get size(): number {
    return this.#of.kind.size + this.#of.resource.size;
  }

  get(name: BreakerName): BreakerState | undefined {
    const [family, what] = parseBreakerName(name);
    return this.#of[family].get(what);
  }

  set(name: BreakerName, breaker: BreakerState): void {
    const [family, what] = parseBreakerName(name);
    this.#of[family].set(what, breaker);
  }

  delete(name: BreakerName): void {
    const [family, what] = parseBreakerName(name);
    this.#of[family].delete(what);
  }

  /** In order of their names. */
  names(): BreakerName[] {
    return (['kind', 'resource'] as const).flatMap((family) =>
      [...this.#of[family].keys()].sort().map((what) => `${family}.${what}` as const),
    );
  }

  /** The breakers of a job that are known. */
  *ofJob({ kind, resources }: JobSpec): Generator<readonly [BreakerName, BreakerState]> {
    const ofKind = this.#of.kind.get(kind);
    if (ofKind !== undefined) yield [`kind.${kind}`, ofKind];
    if (resources === undefined) return;
    for (const resource of resources) {
      const breaker = this.#of.resource.get(resource);
      if (breaker !== undefined) yield [`resource.${resource}`, breaker];
    }
  }

  get isFull(): boolean {
    return this.size >= MAX_BREAKERS;
  }

  /** Whether one more can be known: there is room, or one that is closed can be forgotten. */
  get takesMore(): boolean {
    return !this.isFull || this.names().some((name) => this.get(name)?.phase === 'closed');
  }

  /** Forgets the closed breaker whose last failure is the oldest. Gives its name. */
  evict(): BreakerName | undefined {
    let oldest: { readonly name: BreakerName; readonly at: Instant } | undefined;
    for (const name of this.names()) {
      const breaker = this.get(name);
      if (breaker?.phase !== 'closed') continue;
      const at = breaker.failures.at(-1)?.at ?? breaker.since;
      if (oldest === undefined || at < oldest.at) oldest = { name, at };
    }
    if (oldest !== undefined) this.delete(oldest.name);
    return oldest?.name;
  }
}

/** The names of the breakers of a job, known or not. */
export function breakersOf({ kind, resources = [] }: JobSpec): BreakerName[] {
  return [`kind.${kind}`, ...resources.map((resource) => `resource.${resource}` as const)];
}

/** A breaker's name in its parts. */
export function parseBreakerName(name: BreakerName): readonly ['kind' | 'resource', string] {
  const dot = name.indexOf('.');
  return [name.slice(0, dot) as 'kind' | 'resource', name.slice(dot + 1)];
}
