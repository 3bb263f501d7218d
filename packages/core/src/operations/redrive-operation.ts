import { KernelError } from '@tksm/abstractions';
import type { KernelEvent, StoredObject } from '@tksm/abstractions';
import { deadLetters } from '../dead-letters/dead-letters.ts';
import type { DeadLetterQuery } from '../dead-letters/dead-letters.ts';
import type { KnownJob } from '../retention/retired-records.ts';
import { textField } from './operation.ts';
import type { KernelOperation, OperationScope } from './operation.ts';
import { neededBy, refusalToPutBack } from './put-back.ts';

const DEFAULT_LIMIT = 100;
const MOST = 1_000;
/** Bytes of retired records that one operation puts back, so that it fits in a frame. */
const MAX_RECALLED_BYTES = 1_048_576;

export const jobRedrive: KernelOperation = {
  name: 'job.redrive',
  asks: (input) => [
    { action: 'job.redrive', resource: input.kind === undefined ? 'kinds' : textField(input, 'kind') },
  ],
  summary: 'Runs jobs that failed for good again, the latest first: { kind?, origin?, since?, limit? = 100 }',
  perform(input, scope) {
    const limit = wholeField(input, 'limit', 1, MOST) ?? DEFAULT_LIMIT;
    const { jobs, skipped, more } = choose(queryOf(input), limit, scope);
    if (jobs.length > 0) scope.admission.check(jobs, scope.now);
    const recalls = scope.retired.recalls(jobs.flatMap((job) => neededBy(job, scope)));
    const releases = jobs.map(({ id }): KernelEvent => ({
      type: 'job.released',
      v: 1,
      job: id,
      by: scope.by,
    }));
    return { output: { jobs: jobs.map(({ id }) => id), skipped, more }, events: [...recalls, ...releases] };
  },
};

interface Choice {
  /** In the order in which they failed. */
  readonly jobs: readonly KnownJob[];
  /**
   * Those that cannot be put back: another has their dedup key, a supervisor ran them, their deadline is past, or their kind
   * is quarantined.
   */
  readonly skipped: number;
  /** Whether there are others. */
  readonly more: boolean;
}

function choose(query: DeadLetterQuery, limit: number, scope: OperationScope): Choice {
  const { state, retired } = scope;
  const jobs: KnownJob[] = [];
  const keys = new Set<string>();
  let [skipped, bytes, more] = [0, 0, false];
  for (const job of deadLetters(state, retired, query)) {
    const { kind, dedupKey } = job.spec;
    const key = dedupKey === undefined ? undefined : `${kind}\n${dedupKey}`;
    const isQuarantined = state.ladder.get(kind)?.rung === 'quarantined';
    if (isQuarantined || (key !== undefined && keys.has(key)) || refusalToPutBack(job, scope) !== undefined) {
      skipped += 1;
      continue;
    }
    if (!state.jobs.has(job.id)) bytes += JSON.stringify(job).length;
    more = jobs.length >= limit || (bytes > MAX_RECALLED_BYTES && jobs.length > 0);
    if (more) break;
    jobs.push(job);
    if (key !== undefined) keys.add(key);
  }
  return { jobs: jobs.reverse(), skipped, more };
}

function queryOf(input: StoredObject): DeadLetterQuery {
  const since = wholeField(input, 'since', 0, Number.MAX_SAFE_INTEGER);
  return {
    ...(input.kind !== undefined && { kind: textField(input, 'kind') }),
    ...(input.origin !== undefined && { origin: textField(input, 'origin') }),
    ...(since !== undefined && { since }),
  };
}

function wholeField(input: StoredObject, field: string, least: number, most: number): number | undefined {
  const value = input[field];
  if (value === undefined) return undefined;
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= least && value <= most)
    return value;
  throw new KernelError('InvalidInput', `${field} is a whole number from ${least} to ${most}`, {
    data: { field },
  });
}
