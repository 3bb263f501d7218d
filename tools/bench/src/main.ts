// Measures the kernel beside what the disk itself can do. Each test runs in a process of its own; rounds interleave all
// tests; a sample during which others used the machine is taken again, at most as often as there are rounds.
import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { parseOptions, USAGE } from './options.ts';
import type { Options } from './options.ts';
import { PLAN } from './plan.ts';
import type { Case } from './plan.ts';
import { ndjson, table } from './report.ts';
import { isClean, resultOf } from './result.ts';
import type { Result } from './result.ts';
import { endSample, takeSample } from './take-sample.ts';
import type { Taken } from './take-sample.ts';

/** Passes for each round wanted: the second is for samples that were contended. */
const PASSES_A_ROUND = 2;
/** What ends a run early, with the exit codes that shells expect. */
const INTERRUPTIONS = [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const;

interface Entry {
  readonly bench: Case;
  readonly taken: Taken[];
  /** Not tried any more: it cannot be measured here, or it failed. */
  ended: boolean;
}

async function takeAll(options: Options, dir: string): Promise<readonly Entry[]> {
  const entries: Entry[] = PLAN.filter(({ test }) => options.tests.has(test)).map((bench) => ({
    bench,
    taken: [],
    ended: false,
  }));
  const passes = options.quick ? options.rounds : options.rounds * PASSES_A_ROUND;
  for (let pass = 0; pass < passes; pass++) {
    for (const entry of entries) {
      if (entry.ended || entry.taken.filter(isClean).length >= options.rounds) continue;
      progress(`pass ${pass + 1}: ${entry.bench.test} (${entry.bench.setting})`);
      await take(entry, options, path.join(dir, `${pass}-${entry.bench.test}`));
    }
  }
  progress('');
  return entries;
}

/** A test that fails is not tried again, and does not keep the others from being measured. */
async function take(entry: Entry, options: Options, dir: string): Promise<void> {
  try {
    const sample = await takeSample(entry.bench, options, dir);
    if (sample === undefined) entry.ended = true;
    else entry.taken.push(sample);
  } catch (error) {
    entry.ended = true;
    process.exitCode = 1;
    console.error(error instanceof Error ? error.message : error);
  }
}

/** On a terminal only: what is being measured, on one line. */
function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
}

function notices(results: readonly Result[], entries: readonly Entry[], options: Options): string[] {
  const discarded = results.reduce((sum, { clean, samples }) => sum + (clean === 0 ? 0 : samples - clean), 0);
  const contended = results.filter(({ clean }) => clean === 0);
  const missing = entries
    .filter((entry) => entry.ended)
    .map(({ bench: { test, setting } }) => `${test} (${setting})`);
  return [
    ...(options.quick ? ['--quick shows that it works; its figures mean nothing'] : []),
    ...(options.log === 'memory' ? ['the log is in memory: nothing of ours was flushed'] : []),
    ...(discarded > 0 ? [`${discarded} samples were discarded: other processes used the machine`] : []),
    ...(contended.length > 0
      ? [`${contended.length} results have contended samples only: distrust them`]
      : []),
    ...(missing.length > 0 ? [`not measured, or not as often: ${missing.join(', ')}`] : []),
  ];
}

async function coreVersion(): Promise<string> {
  const file = path.join(import.meta.dirname, '../../../packages/core/package.json');
  const { version } = JSON.parse(await readFile(file, 'utf8')) as { readonly version: string };
  return version;
}

async function main(options: Options): Promise<void> {
  await mkdir(options.data, { recursive: true });
  const dir = await mkdtemp(path.join(options.data, 'tksm-bench-'));
  for (const [signal, code] of INTERRUPTIONS) {
    process.once(signal, () => {
      endSample();
      rmSync(dir, { recursive: true, force: true });
      process.exit(code);
    });
  }
  try {
    const entries = await takeAll(options, dir);
    const results = entries.flatMap(
      ({ bench, taken }) => resultOf(bench, options.quick ? bench.quickN : bench.n, taken) ?? [],
    );
    const edition = { version: await coreVersion(), log: options.log };
    process.stdout.write(options.json ? ndjson(results, edition) : table(results));
    for (const notice of notices(results, entries, options)) console.error(`note: ${notice}`);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

try {
  await main(parseOptions(process.argv.slice(2)));
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  console.error(error instanceof TypeError ? `${message}\nusage: ${USAGE}` : message);
  process.exitCode = error instanceof TypeError ? 2 : 1;
}
