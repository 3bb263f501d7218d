import type { StateReader } from '@tksm/abstractions';
import { deriveJobId } from '@tksm/core';

/** A run that was started anew gets a number: `run:<hash>/2`. */
export function generationId(run: string, generation: number): string {
  return generation === 1 ? run : `${run}/${generation}`;
}

/** The newest generation of a run that there is; 0 when it was never started. */
export function latestGeneration(state: StateReader, run: string): number {
  let generation = 0;
  while (exists(state, generationId(run, generation + 1))) generation += 1;
  return generation;
}

function exists(state: StateReader, id: string): boolean {
  if (state.position === 0) return false;
  return state.jobs.get(deriveJobId(state.zone, id)) !== undefined;
}
