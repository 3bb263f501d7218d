import type { BenchLog } from './bench-log.ts';
import type { Meter } from './meter.ts';

/** Numbers by name; a name ends in its unit. */
export type Figures = Readonly<Record<string, number>>;

/** What a test is given: its own empty folder, how much to do, and instruments. */
export interface Stage {
  readonly dir: string;
  readonly n: number;
  readonly setting: string;
  readonly log: BenchLog;
  readonly meter: Meter;
}

/** One sample. Several ways of doing the same are variants, and the best of them counts. */
export type Sample = { readonly figures: Figures } | { readonly variants: Readonly<Record<string, Figures>> };

export interface BenchTest {
  /** Fills the folder, in a process of its own. */
  prepare?(stage: Stage): Promise<void>;
  /** Undefined: it cannot be measured here. */
  measure(stage: Stage): Promise<Sample | undefined>;
}
