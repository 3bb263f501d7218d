import type { Figures } from './bench-test.ts';
import type { Taken } from './child-sample.ts';
import { medians, rounded } from './statistics.ts';

/** Others used more than this much of a core: the sample says more about them. */
const CONTENDED_CORES = 0.3;

/** What is known about a case after all rounds. */
export interface Measured {
  readonly n: number;
  /** Medians over the samples that count. */
  readonly figures: Figures;
  /** Which way of doing it was best, and what the others reached. */
  readonly variant?: string;
  readonly variants?: Figures;
  readonly clean: number;
  readonly samples: number;
}

export function isClean(taken: Taken): boolean {
  return [...taken.values()].every(({ foreign_cores = 0 }) => foreign_cores <= CONTENDED_CORES);
}

/** The medians of the clean samples or, when there is none, of all. */
export function measuredOf(n: number, taken: readonly Taken[]): Measured | undefined {
  const names = [...(taken[0]?.keys() ?? [])];
  const found = names.map((name) => ({
    name,
    ...over(taken.flatMap((sample) => [sample.get(name) ?? []].flat())),
  }));
  const [best] = found.sort((a, b) => worth(b.figures) - worth(a.figures));
  if (best === undefined) return undefined;
  const { n: counted = n, ...figures } = best.figures;
  const measured = { n: counted, figures, clean: best.clean, samples: taken.length };
  if (best.name === '') return measured;
  const variants = Object.fromEntries(
    found.map(({ name, figures: { ops_per_s, p50_ms = 0 } }) => [name, ops_per_s ?? p50_ms]),
  );
  return { ...measured, variant: best.name, variants };
}

function over(samples: readonly Figures[]): { readonly figures: Figures; readonly clean: number } {
  const clean = samples.filter(({ foreign_cores = 0 }) => foreign_cores <= CONTENDED_CORES);
  const all = medians(clean.length > 0 ? clean : samples);
  const figures = Object.fromEntries(Object.entries(all).map(([name, value]) => [name, rounded(value)]));
  return { figures, clean: clean.length };
}

/** More is better: a rate, or the inverse of a time. */
function worth({ ops_per_s, p50_ms }: Figures): number {
  return ops_per_s ?? 1 / (p50_ms ?? Number.POSITIVE_INFINITY);
}
