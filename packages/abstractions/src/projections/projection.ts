import type { RecordedEvent } from '../log/event.ts';

/**
 * Something computed from the events alone, which can be thrown away and computed again. A state is plain JSON data of
 * bounded size: whatever runs a projection may keep it, and go on from there.
 */
export interface Projection<State> {
  /** 1 to 64 lower-case letters, digits and hyphens; beginning with a letter. */
  readonly name: string;
  /** Raised whenever the same events give another state, or a state of another shape: what was kept is dropped then. */
  readonly version: number;
  /** The state before any event. */
  initial(): State;
  /**
   * Folds the next event in; may change the state that it is given. Deterministic: reads neither clock nor chance nor
   * anything else besides its arguments.
   */
  apply(state: State, recorded: RecordedEvent): State;
}
