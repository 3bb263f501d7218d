import type { Measured } from '../measured.ts';
import type { RivalCase } from './plan.ts';

/** What is known about a case after all rounds. */
export type RivalResult = Pick<RivalCase, 'peer' | 'test' | 'setting'> & {
  readonly version: string;
} & Measured;
