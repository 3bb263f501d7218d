import type { CommandId, Instant, JobDebounced, JobSpec, Position } from '@tksm/abstractions';
import type { JobState } from './job-state.ts';
import type { CommandOutcome, KernelState } from './kernel-state.ts';

/** Answers a command id with a job that another command submitted. */
export function nameJob(state: KernelState, cmd: CommandId, answer: CommandOutcome): void {
  state.commands.set(cmd, answer);
  state.touch('command', cmd);
}

/** Remembers a dedup key for the window of its job, and forgets those whose window is over. */
export function openWindow(state: KernelState, { id, spec }: JobState, time: Instant): void {
  const { kind, dedupKey, dedupWindowMs } = spec;
  if (dedupKey === undefined || dedupWindowMs === undefined) return;
  for (const over of state.windows.prune(time)) state.touch('window', over);
  const key = windowKey(kind, dedupKey);
  state.windows.put(key, { job: id, until: time + dedupWindowMs });
  state.touch('window', key);
}

/** Takes the tokens of a lease. Buckets that are full by now are none. */
export function takeTokens(
  state: KernelState,
  tokens: Readonly<Record<string, Instant>>,
  time: Instant,
): void {
  for (const full of state.buckets.prune(time)) state.touch('bucket', full);
  for (const [key, until] of Object.entries(tokens)) {
    state.buckets.put(key, { until });
    state.touch('bucket', key);
  }
}

/** A kind has no line break in its name. */
export function windowKey(kind: string, dedupKey: string): string {
  return `${kind}\n${dedupKey}`;
}

/** The contract of a job that met a further submission: its input, what that needs, and the new time. */
export function debouncedSpec(
  { uses: _, ...spec }: JobSpec,
  { input, uses, notBefore }: JobDebounced,
): JobSpec {
  return { ...spec, input, notBefore, ...(uses !== undefined && { uses }) };
}

/** A job that waits for further submissions met one. */
export function debounce(
  state: KernelState,
  job: JobState,
  event: JobDebounced,
  place: { readonly position: Position; readonly time: Instant },
): void {
  job.spec = debouncedSpec(job.spec, event);
  if (event.cmd !== undefined) nameJob(state, event.cmd, { ...place, job: job.id });
}
