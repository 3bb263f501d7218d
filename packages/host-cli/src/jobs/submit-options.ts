import { KernelError } from '@tksm/abstractions';
import type { Affinity, Debounce, JobId, JobOptions, RetryOptions } from '@tksm/abstractions';
import { parseDuration } from '../program/duration.ts';
import type { FlagValues } from '../program/flag-values.ts';
import { readTime } from '../zone/moment.ts';

/** Flags that are an option as they stand. */
const TEXTS = {
  name: 'name',
  dedupKey: 'dedup-key',
  correlation: 'run',
  origin: 'origin',
  agent: 'agent',
  pool: 'pool',
} as const;

/** What becomes of a job, as its flags say. @throws KernelError `UsageError`, `InvalidSchedule` */
export function submitOptions(flags: FlagValues, after: readonly JobId[]): JobOptions {
  const now = Date.now();
  const numbers = {
    priority: flags.number('priority'),
    timeoutMs: flags.number('attempt-timeout'),
    dedupWindowMs: flags.number('dedup-window'),
  };
  const deadline = flags.number('deadline');
  return Object.fromEntries(
    [
      ...Object.entries(TEXTS).map(([field, flag]) => [field, flags.text(flag)]),
      ...Object.entries(numbers),
      ['deadline', deadline === undefined ? undefined : now + deadline],
      ['notBefore', notBeforeOf(flags, now)],
      ['debounce', debounceOf(flags)],
      ['retry', retryOf(flags)],
      ['affinity', affinityOf(flags)],
      ['dependsOn', after.length === 0 ? undefined : after],
    ].filter(([, value]) => value !== undefined),
  ) as JobOptions;
}

/** @throws KernelError `UsageError`, `InvalidSchedule` for a moment that is past */
function notBeforeOf(flags: FlagValues, now: number): number | undefined {
  const delay = flags.number('in');
  const at = flags.text('at');
  if (at === undefined) return delay === undefined ? undefined : now + delay;
  if (delay !== undefined) throw new KernelError('UsageError', '--at and --in exclude each other');
  const moment = readTime(at, now, '--at');
  if (moment > now) return moment;
  throw new KernelError('InvalidSchedule', `--at ${at} is in the past`, {
    data: { field: 'at' },
    next: 'name a later moment, or leave --at away to run it now',
  });
}

function affinityOf(flags: FlagValues): Affinity | undefined {
  const given = (['require', 'prefer'] as const).filter((name) => flags.has(name));
  return given.length === 0 ? undefined : Object.fromEntries(given.map((name) => [name, flags.list(name)]));
}

/** @throws KernelError `UsageError` */
function debounceOf(flags: FlagValues): Debounce | undefined {
  const key = flags.text('debounce-key');
  const ms = flags.number('debounce');
  const maxMs = flags.number('debounce-max');
  if (key === undefined && ms === undefined && maxMs === undefined) return undefined;
  if (key === undefined || ms === undefined)
    throw new KernelError('UsageError', '--debounce TIME and --debounce-key KEY go together');
  return { key, ms, ...(maxMs !== undefined && { maxMs }) };
}

/** @throws KernelError `UsageError` */
function retryOf(flags: FlagValues): RetryOptions | undefined {
  const attempts = flags.number('attempts');
  const backoff = flags.text('backoff');
  if (attempts === undefined && backoff === undefined) return undefined;
  const most = attempts === undefined ? {} : { maxAttempts: attempts };
  if (backoff === undefined) return most;
  const delaysMs = backoff.split(',').map((text) => {
    const ms = parseDuration(text.trim());
    if (ms === undefined) throw new KernelError('UsageError', `--backoff takes times such as 1s,5s,1m`);
    return ms;
  });
  return { backoff: 'table', delaysMs, ...most };
}
