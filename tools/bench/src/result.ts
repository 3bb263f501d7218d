import type { Measured } from './measured.ts';
import type { Case } from './plan.ts';

/** What is known about a case after all rounds. */
export type Result = Pick<Case, 'test' | 'setting'> & Measured;
