import path from 'node:path';
import type { RivalErrand } from './errand.ts';
import type { Place } from './peer.ts';

/** A place of a sample, by the name that it has within it. */
export function placeOf(
  { name, dir, endpoints, bench }: RivalErrand,
  within: 'main' | 'spare',
  load: Place['load'],
): Place {
  const tuned = bench.tuned ?? false;
  return { name: `${name}_${within}`, dir: path.join(dir, within), endpoints, load, tuned };
}
