import type { SubscribeOptions } from '../kernel/kernel.ts';
import type { RecordedEvent } from '../log/event.ts';
import type { Position } from '../runtime/ids.ts';

/** Where the events of a zone come from: a live kernel, or a log that is read. */
export interface EventSource {
  /** Events by position, without gap or double. A log ends where it ended at the call; a kernel when it stops. */
  events(options?: SubscribeOptions): AsyncIterable<RecordedEvent>;
  /** Number of durable events. */
  head(): Promise<Position>;
}
