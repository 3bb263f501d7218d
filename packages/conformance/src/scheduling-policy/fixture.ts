import type { JobId, PolicyContext, ReadyJob, SchedulingPolicy } from '@tksm/abstractions';

export interface SchedulingPolicySuite {
  readonly name: string;
  /** Makes an empty policy. */
  create(context: PolicyContext): SchedulingPolicy;
  /** What a policy promises besides its contract; the suite skips by this and by nothing else. */
  readonly capabilities?: {
    /** Jobs that differ in nothing else are given in the order in which they became ready. */
    readonly inOrder?: boolean;
    /** Of jobs that became ready together, those of higher priority come first. */
    readonly priority?: boolean;
    /** Earliest deadline first; none is latest. */
    readonly deadline?: boolean;
    /** Origins that have work are served in turns: by their weights, or all alike. */
    readonly fair?: 'weighted' | 'alike';
    /** Longest time that a job of the lowest priority waits for others of higher priority; with `fair` for anything but its turn. */
    readonly ageingMs?: number;
  };
}

/** Makes an empty policy whose origins have these weights; 1 when they are not named. */
export type NewPolicy = (weights?: Readonly<Record<string, number>>) => SchedulingPolicy;

/** A ready job of the contract's defaults. */
export function readyJob(sequence: number, facts: Partial<ReadyJob> = {}): ReadyJob {
  return {
    id: sequence.toString(16).padStart(32, '0') as JobId,
    priority: 5,
    origin: '',
    agent: undefined,
    deadline: undefined,
    since: 1_000 + sequence,
    sequence,
    place: 0,
    ...facts,
  };
}

/** Takes everything that a policy holds. */
export function drain(policy: SchedulingPolicy, now = 0): ReadyJob[] {
  const given: ReadyJob[] = [];
  for (let job = policy.next(now); job !== undefined; job = policy.next(now)) given.push(job);
  return given;
}
