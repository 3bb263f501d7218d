import { KernelError } from '@tksm/abstractions';
import type { CommandId, Instant, JobId, JobIndex, JobRecord, KernelEvent } from '@tksm/abstractions';
import type { JobState } from '../state/job-state.ts';
import type { CommandOutcome, KernelState } from '../state/kernel-state.ts';
import { readRow } from './retired-record.ts';
import type { RetiredRecord } from './retired-record.ts';
import { countRetired } from './retired-rows.ts';
import type { RetentionSettings } from './retention-settings.ts';

const JOB_ID = /^[0-9a-f]{32}$/;

/**
 * Jobs and answers that left the state, through the index. The state is always asked first: a row may be there before
 * its record has retired, and stays when it is recalled. A zone that never retired anything asks no index.
 */
export class RetiredRecords {
  readonly #state: KernelState;
  readonly #index: JobIndex | undefined;
  readonly #window: Required<RetentionSettings>;

  constructor(state: KernelState, index: JobIndex | undefined, window: Required<RetentionSettings>) {
    this.#state = state;
    this.#index = index;
    this.#window = window;
  }

  /** The record of a retired job. @throws KernelError `IndexDamaged` */
  job(id: JobId): JobRecord | undefined {
    const found = this.#find(id);
    return found !== undefined && 'job' in found ? found.job : undefined;
  }

  /** What a job of a named command was, or what the command was answered. @throws KernelError `CommandTooOld`, `IndexDamaged` */
  named(id: JobId, cmd: CommandId, now: Instant): JobRecord | CommandOutcome | undefined {
    const found = this.#find(id);
    if (found === undefined) return undefined;
    const age = now - ('job' in found ? (found.job.settledAt ?? 0) : found.answer.time);
    const newer = this.#state.retired.named - found.nth;
    if (age > this.#window.windowMs || newer >= this.#window.windowIds) {
      const message = `command ${cmd} was answered too long ago to be answered again; it is not run again`;
      throw new KernelError('CommandTooOld', message, { data: { cmd, job: id } });
    }
    return 'job' in found ? found.job : found.answer;
  }

  /** Retired jobs, latest retired first. @throws KernelError `IndexDamaged` */
  *latest(): Generator<JobRecord> {
    if (this.#isEmpty || this.#index === undefined) return;
    for (const { id, body } of this.#index.latest()) {
      const row = this.#state.jobs.has(id) ? undefined : readRow(body);
      if (row !== undefined && 'job' in row) yield row.job;
    }
  }

  /** Retired children of a job. @throws KernelError `IndexDamaged` */
  childrenOf(parent: JobId): readonly JobId[] {
    if (this.#isEmpty || this.#index === undefined) return [];
    return this.#index.children(parent).filter((id) => !this.#state.jobs.has(id));
  }

  /**
   * Events that put back what a decision about these jobs needs in the state: retired jobs that ended badly. One that
   * succeeded is needed by nobody. @throws KernelError `IndexDamaged`
   */
  recalls(ids: Iterable<JobId>): KernelEvent[] {
    const events: KernelEvent[] = [];
    for (const id of new Set(ids)) {
      if (this.#state.jobs.has(id)) continue;
      const record = this.job(id);
      if (record !== undefined && record.outcome?.status !== 'succeeded') {
        events.push({ type: 'job.recalled', v: 1, job: id, record });
      }
    }
    return events;
  }

  get #isEmpty(): boolean {
    return countRetired(this.#state) === 0;
  }

  #find(id: JobId): RetiredRecord | undefined {
    if (this.#index === undefined || this.#isEmpty || !JOB_ID.test(id)) return undefined;
    const body = this.#index.get(id);
    return body === undefined ? undefined : readRow(body);
  }
}

/** A job, in the state or retired. */
export type KnownJob = JobState | JobRecord;
