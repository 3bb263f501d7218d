import type { EventLog, Position } from '@tksm/abstractions';
import type { WithFixture } from '../with-fixture.ts';

/** One log under test, on storage of its own. */
export interface EventLogFixture {
  readonly log: EventLog;
  /** Ends the current handle as a crash of its process would, without `close`, and opens the same storage again. */
  reopen(): Promise<EventLog>;
  /** Closes what is open and removes the storage. */
  destroy(): Promise<void>;
  /** Makes the next append of the current handle answer `unknown`, with its frame in the log or not. */
  failNext?(written: boolean): void | Promise<void>;
  /** Changes one bit of the payload of the frame that starts at a position, on storage. */
  damage?(position: Position): void | Promise<void>;
}

/** What a fixture can do to its log; the suite skips by this and by nothing else. */
export interface EventLogHooks {
  /** `failNext` is there. */
  readonly faults?: boolean;
  /** `damage` is there. */
  readonly damage?: boolean;
}

export interface EventLogSuite {
  readonly name: string;
  /** Makes an empty log. */
  create(): Promise<EventLogFixture>;
  readonly capabilities?: EventLogHooks;
}

export type WithLog = WithFixture<EventLogFixture>;
/** A hook that the suite declared. */
export function hook<T>(found: T | undefined, name: string): T {
  if (found === undefined)
    throw new Error(`capabilities.${name} is declared, but the fixture has no such hook`);
  return found;
}
