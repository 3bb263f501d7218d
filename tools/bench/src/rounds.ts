import type { Taken } from './child-sample.ts';
import { isClean } from './measured.ts';

/** Passes for each round wanted: the second is for samples that were contended. */
const PASSES_A_ROUND = 2;

/** A case of a plan and what was taken of it. */
export interface Entry<C> {
  readonly bench: C;
  readonly taken: Taken[];
  /** Not tried any more: it cannot be measured here, or it failed. */
  ended: boolean;
}

export interface Rounds<C> {
  readonly rounds: number;
  /** Contended samples count, too. */
  readonly quick: boolean;
  /** Says what is being measured also off a terminal. */
  readonly tells?: boolean;
  nameOf(bench: C): string;
  /** Nothing more is taken from then on. */
  isOver?(): boolean;
  /** How often this case is wanted, when that is less than the rounds. */
  atMost?(bench: C): number;
  /** Undefined: it cannot be measured here. */
  take(bench: C, pass: number): Promise<Taken | undefined>;
}

/**
 * Takes samples in rounds that interleave all cases. A sample during which others used the machine is taken again, at most
 * as often as there are rounds. A case that fails is not tried again, and does not keep the others from being measured.
 */
export async function takeRounds<C>(cases: readonly C[], run: Rounds<C>): Promise<readonly Entry<C>[]> {
  const entries: Entry<C>[] = cases.map((bench) => ({ bench, taken: [], ended: false }));
  const passes = run.quick ? run.rounds : run.rounds * PASSES_A_ROUND;
  for (let pass = 0; pass < passes; pass++) {
    for (const entry of entries) {
      const wanted = Math.min(run.rounds, run.atMost?.(entry.bench) ?? run.rounds);
      const enough =
        entry.taken.filter(isClean).length >= wanted || entry.taken.length >= wanted * PASSES_A_ROUND;
      if (entry.ended || enough || run.isOver?.() === true) continue;
      progress(`pass ${pass + 1}: ${run.nameOf(entry.bench)}`, run.tells);
      await takeOne(entry, pass, run);
    }
  }
  progress('');
  return entries;
}

async function takeOne<C>(entry: Entry<C>, pass: number, run: Rounds<C>): Promise<void> {
  try {
    const sample = await run.take(entry.bench, pass);
    if (sample === undefined) entry.ended = true;
    else entry.taken.push(sample);
  } catch (error) {
    entry.ended = true;
    if (run.isOver?.() === true) return;
    process.exitCode = 1;
    console.error(error instanceof Error ? error.message : error);
  }
}

/** What is being measured: on one line of a terminal, which an empty text clears. */
function progress(text: string, tells = false): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
  else if (tells) console.error(text);
}

/** What a reader must know of the samples before believing the results. */
export function sampleNotices<C>(
  entries: readonly Entry<C>[],
  nameOf: (bench: C) => string,
): readonly string[] {
  const counted = entries
    .filter(({ taken }) => taken.length > 0)
    .map(({ taken }) => ({ samples: taken.length, clean: taken.filter(isClean).length }));
  const discarded = counted.reduce((sum, { clean, samples }) => sum + (clean === 0 ? 0 : samples - clean), 0);
  const contended = counted.filter(({ clean }) => clean === 0).length;
  const missing = entries.filter(({ ended }) => ended).map(({ bench }) => nameOf(bench));
  return [
    ...(discarded > 0 ? [`${discarded} samples were discarded: other processes used the machine`] : []),
    ...(contended > 0 ? [`${contended} results have contended samples only: distrust them`] : []),
    ...(missing.length > 0 ? [`not measured, or not as often: ${missing.join(', ')}`] : []),
  ];
}
