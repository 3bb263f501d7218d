import { KernelError } from '@tksm/abstractions';
import type { Command, Debounce, Instant, JobId, JobSpec } from '@tksm/abstractions';
import { LIMITS } from '../admission/limits-setting.ts';
import type { Engine } from '../kernel/engine.ts';
import { windowKey } from '../state/apply-flow.ts';
import type { JobState } from '../state/job-state.ts';
import { invalid, LONGEST_MS, text, whole } from './spec-fields.ts';

/** Where nothing is said, a debounced job is put off at most so many times as long as one submission puts it off. */
const DEFAULT_STRETCH = 10;

/** What makes a submission one with others, as the contract of its job has it. @throws KernelError `InvalidSpec` */
export function uniqueFields(command: Command): Pick<JobSpec, 'dedupWindowMs' | 'debounce'> {
  const { dedupKey, dedupWindowMs, debounce, notBefore } = command;
  if (dedupWindowMs !== undefined && dedupKey === undefined)
    throw invalid('dedupWindowMs', 'needs a dedupKey');
  if (debounce !== undefined) {
    if (dedupKey !== undefined) throw invalid('debounce', 'excludes dedupKey: it has a key of its own');
    if (notBefore !== undefined) throw invalid('debounce', 'excludes notBefore: it says itself when');
  }
  return {
    ...(dedupWindowMs !== undefined && {
      dedupWindowMs: whole(dedupWindowMs, 'dedupWindowMs', 1, LONGEST_MS),
    }),
    ...(debounce !== undefined && { debounce: debounceOf(debounce) }),
  };
}

function debounceOf(value: Debounce): Debounce {
  if (typeof value !== 'object' || value === null) throw invalid('debounce', 'is { key, ms, maxMs? }');
  const ms = whole(value.ms, 'debounce.ms', 1, LONGEST_MS);
  const maxMs =
    value.maxMs === undefined
      ? Math.min(ms * DEFAULT_STRETCH, LONGEST_MS)
      : whole(value.maxMs, 'debounce.maxMs', ms, LONGEST_MS);
  return { key: text(value.key, 'debounce.key'), ms, maxMs };
}

/** The job that a submission is, by its dedup key: one that is open, or one within its window. */
export function twinOf({ kind, dedupKey }: JobSpec, engine: Engine): JobId | undefined {
  if (dedupKey === undefined) return undefined;
  const { state, agenda, now } = engine;
  const window = state.windows.get(windowKey(kind, dedupKey));
  return window !== undefined && window.until > now ? window.job : agenda.keys.deduplicated(kind, dedupKey);
}

/** The job that waits for further submissions of this one's kind and debounce key. */
export function waitingFor({ kind, debounce }: JobSpec, engine: Engine): JobState | undefined {
  return debounce && engine.agenda.keys.debounced(kind, debounce.key);
}

/** When a job may begin that waits for another submission: never earlier than before. */
export function putOff(waiting: JobState, { debounce }: JobSpec, now: Instant): Instant {
  const { notBefore = 0, debounce: first } = waiting.spec;
  const { submittedAt } = waiting;
  const atTheLatest = submittedAt + (first?.maxMs ?? LONGEST_MS);
  return Math.max(notBefore, Math.min(now + (debounce?.ms ?? 0), atTheLatest));
}

/** Whether one more dedup key can be remembered. @throws KernelError `QueueFull` with `data.retryAfterMs` */
export function checkWindows({ dedupWindowMs }: JobSpec, { state, settings, now }: Engine): void {
  if (dedupWindowMs === undefined) return;
  const limit = settings.get(LIMITS).windows;
  if (state.windows.size < limit) return;
  // Those that are over make room when the next one is added.
  const taken = state.windows.holding(now);
  if (taken < limit) return;
  const message = `${taken} dedup keys are within their windows, at most ${limit} may be`;
  const { nextEnd = now } = state.windows;
  const data = { queue: 'windows', limit, taken, asked: 1, retryAfterMs: Math.max(1, nextEnd - now) };
  throw new KernelError('QueueFull', message, { data });
}
