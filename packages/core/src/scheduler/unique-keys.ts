import type { JobId } from '@tksm/abstractions';
import type { JobState } from '../state/job-state.ts';

/** The open job of each kind and dedup key, and of each kind and debounce key. */
export class UniqueKeys {
  readonly #deduplicated = new Map<string, JobState>();
  readonly #debounced = new Map<string, JobState>();

  deduplicated(kind: string, key: string): JobId | undefined {
    return this.#deduplicated.get(keyOf(kind, key))?.id;
  }

  /** The job that waits for more submissions: it has not begun yet. */
  debounced(kind: string, key: string): JobState | undefined {
    const job = this.#debounced.get(keyOf(kind, key));
    return job === undefined || job.epoch > 0 || job.held !== undefined ? undefined : job;
  }

  /** A job is open. */
  add(job: JobState): void {
    const { kind, dedupKey, debounce } = job.spec;
    if (dedupKey !== undefined) this.#deduplicated.set(keyOf(kind, dedupKey), job);
    if (debounce === undefined) return;
    const key = keyOf(kind, debounce.key);
    // One that is put back leaves the key to whoever came after it.
    if ((this.#debounced.get(key)?.position ?? -1) <= job.position) this.#debounced.set(key, job);
  }

  /** A job settled. */
  remove(job: JobState): void {
    const { kind, dedupKey, debounce } = job.spec;
    if (dedupKey !== undefined) forget(this.#deduplicated, keyOf(kind, dedupKey), job);
    if (debounce !== undefined) forget(this.#debounced, keyOf(kind, debounce.key), job);
  }
}

/** A newer job may have the key by now. */
function forget(jobs: Map<string, JobState>, key: string, { id }: JobState): void {
  if (jobs.get(key)?.id === id) jobs.delete(key);
}

function keyOf(kind: string, key: string): string {
  return `${kind}\n${key}`;
}
