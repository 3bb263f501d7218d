import { rm } from 'node:fs/promises';
import path from 'node:path';
import { parseSample, runInChild } from './child-sample.ts';
import type { Taken } from './child-sample.ts';
import type { Errand } from './errand.ts';
import type { Options } from './options.ts';
import { TESTS } from './plan.ts';
import type { Case, TestName } from './plan.ts';

/** Longest wait for a quiet machine before each measurement. */
export const GATE_MS = 6_000;

/** Runs a case once, each step in a process of its own. Undefined: it cannot be measured here. */
export async function takeSample(bench: Case, options: Options, dir: string): Promise<Taken | undefined> {
  const { test, setting, n, quickN } = bench;
  const { log, quick, profile } = options;
  const errand: Omit<Errand, 'steps'> = {
    test,
    setting,
    n: quick ? quickN : n,
    dir,
    log,
    gateMs: quick ? 0 : GATE_MS,
    ...(profile !== undefined && { profile: path.resolve(profile) }),
  };
  try {
    // A log in memory ends with its process.
    if (quick || log === 'memory') {
      return parseSample(await run({ ...errand, steps: ['prepare', 'measure'] }));
    }
    if (isPrepared(test)) await run({ ...errand, steps: ['prepare'] });
    return parseSample(await run({ ...errand, steps: ['measure'] }));
  } finally {
    for (const suffix of ['', '-warm', '-empty']) await rm(dir + suffix, { recursive: true, force: true });
  }
}

function isPrepared(test: TestName): boolean {
  return 'prepare' in TESTS[test];
}

function run(errand: Errand): Promise<string> {
  const script = import.meta.resolve('./sample-process.ts');
  return runInChild(script, errand, `${errand.test} (${errand.setting})`);
}
