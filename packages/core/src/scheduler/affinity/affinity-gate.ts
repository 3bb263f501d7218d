import type { JobState } from '../../state/job-state.ts';
import type { Gate } from '../gates/gate.ts';
import type { Workforce } from './workforce.ts';

/** Between labels of a key; no label contains it. */
const BETWEEN = '\u0000';

/** Holds jobs back whose required labels no worker has. */
export class AffinityGate implements Gate {
  readonly name = 'affinity';
  readonly #workforce: Workforce;

  constructor(workforce: Workforce) {
    this.#workforce = workforce;
  }

  keyOf({ spec: { affinity } }: JobState): string | undefined {
    return affinity?.require?.length ? affinity.require.join(BETWEEN) : undefined;
  }

  room(key: string): number {
    return this.#workforce.has(key.split(BETWEEN)) ? Number.POSITIVE_INFINITY : 0;
  }

  reason(key: string): string {
    return affinityText(key.split(BETWEEN));
  }
}

export function affinityText(labels: readonly string[]): string {
  return `it needs a worker with ${labels.length === 1 ? 'the label' : 'the labels'} ${labels.join(', ')}`;
}
