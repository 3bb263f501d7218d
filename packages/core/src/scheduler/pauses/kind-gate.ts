import type { JobState } from '../../state/job-state.ts';
import type { Gate } from '../gates/gate.ts';
import { pauseText } from './pause-settings.ts';
import type { Pause } from './pause-settings.ts';

/** Holds the jobs of paused kinds back. */
export class KindGate implements Gate {
  readonly name = 'paused kind';
  #paused: ReadonlyMap<string, Pause> = new Map();

  /** Takes the kinds that are paused from now on; gives those that are paused no more. */
  pause(paused: ReadonlyMap<string, Pause>): readonly string[] {
    const before = this.#paused;
    this.#paused = paused;
    return [...before.keys()].filter((kind) => !paused.has(kind));
  }

  keyOf({ spec }: JobState): string {
    return spec.kind;
  }

  room(kind: string): number {
    return this.#paused.has(kind) ? 0 : Number.POSITIVE_INFINITY;
  }

  reason(kind: string): string {
    return pauseText('kind', kind, this.#paused.get(kind) ?? { reason: '' });
  }
}
