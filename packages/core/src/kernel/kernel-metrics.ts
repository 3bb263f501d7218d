import type { Counter, Histogram, Metrics } from '@tksm/abstractions';
import type { Batch } from '../log/batch.ts';

/** Events of interest, by the counter they add to. */
const COUNTED: Readonly<Record<string, string>> = {
  'job.submitted': 'submitted',
  'job.leased': 'leased',
  'job.succeeded': 'succeeded',
  'job.attempt-failed': 'retried',
  'job.failed': 'failed',
  'job.cancelled': 'cancelled',
  'job.interrupted': 'interrupted',
  'job.suspended': 'suspended',
  'job.result-rejected': 'rejected',
};

/** The kernel's instruments, fed from durable frames. */
export class KernelMetrics {
  readonly #events: Counter;
  readonly #frameEvents: Histogram;
  readonly #jobs = new Map<string, Counter>();

  constructor(metrics: Metrics) {
    this.#events = metrics.counter('tksm_log_events_total', { help: 'Events made durable' });
    this.#frameEvents = metrics.histogram('tksm_log_frame_events', {
      help: 'Events that shared one flush',
      buckets: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 5_000],
    });
    for (const [type, name] of Object.entries(COUNTED)) {
      this.#jobs.set(type, metrics.counter(`tksm_jobs_${name}_total`, { help: `Jobs ${name}` }));
    }
  }

  published(batch: Batch): void {
    this.#events.add(batch.events.length);
    this.#frameEvents.observe(batch.events.length);
    for (const { type } of batch.events) this.#jobs.get(type)?.add();
  }
}
