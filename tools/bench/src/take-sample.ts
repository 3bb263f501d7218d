import { spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { Figures, Sample } from './bench-test.ts';
import type { Errand } from './errand.ts';
import type { Options } from './options.ts';
import { TESTS } from './plan.ts';
import type { Case, TestName } from './plan.ts';

/** Longest wait for a quiet machine before each measurement. */
const GATE_MS = 6_000;

/** A sample by the names of its variants; a test without any has one, without a name. */
export type Taken = ReadonlyMap<string, Figures>;

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
      return parse(await run({ ...errand, steps: ['prepare', 'measure'] }));
    }
    if (isPrepared(test)) await run({ ...errand, steps: ['prepare'] });
    return parse(await run({ ...errand, steps: ['measure'] }));
  } finally {
    for (const suffix of ['', '-warm', '-empty']) await rm(dir + suffix, { recursive: true, force: true });
  }
}

function isPrepared(test: TestName): boolean {
  return 'prepare' in TESTS[test];
}

/** The sample under way: it leads a process group, which all that it starts belongs to. */
let running: number | undefined;

/** Ends the sample under way, at once. */
export function endSample(): void {
  if (running === undefined) return;
  try {
    process.kill(-running, 'SIGKILL');
  } catch {
    // It has just ended.
  }
}

async function run(errand: Errand): Promise<string> {
  const script = fileURLToPath(import.meta.resolve('./sample-process.ts'));
  const args = ['--expose-gc', script, JSON.stringify(errand)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'], detached: true });
  running = child.pid;
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  const [output, code] = await Promise.all([text(child.stdout), ended]);
  running = undefined;
  if (code !== 0) throw new Error(`${errand.test} (${errand.setting}) ended with code ${code}`);
  return output;
}

function parse(output: string): Taken | undefined {
  const found = JSON.parse(output) as (Sample & { readonly rss_mb: number }) | null;
  if (found === null) return undefined;
  const { rss_mb, ...sample } = found;
  const variants = 'variants' in sample ? sample.variants : { '': sample.figures };
  return new Map(Object.entries(variants).map(([name, figures]) => [name, { rss_mb, ...figures }]));
}
