import type { Sample } from '../bench-test.ts';
import type { Meter } from '../meter.ts';
import type { RivalErrand } from './errand.ts';
import type { Peer, Place } from './peer.ts';
import type { RivalCase } from './plan.ts';

/** What a test is given: a peer, places that are new and empty, how much to do, and instruments. */
export interface RivalStage {
  readonly errand: RivalErrand;
  readonly bench: RivalCase;
  readonly n: number;
  readonly peer: Peer;
  readonly place: Place;
  /** For what happens before the clock starts. */
  readonly spare: Place;
  readonly meter: Meter;
  /** Shortens what is bounded by time: `--quick`. */
  readonly quick: boolean;
  /** Processes of the server that this peer uses, if any. */
  readonly ownServers: readonly number[];
}

export interface RivalTest {
  /** Fills the place, in a process of its own. */
  prepare?(stage: RivalStage): Promise<void>;
  measure(stage: RivalStage): Promise<Sample>;
}
