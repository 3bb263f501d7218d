import type { TestKernelOptions } from '@tksm/testing';

/** Hardly anything that is over stays in the state: what can go wrong with it, does. */
export const TINY_RETENTION: NonNullable<TestKernelOptions['retention']> = Object.freeze({
  keep: 2,
  keepMs: 0,
  keepAtMost: 2,
});
