// Measures the kernel beside what the disk itself can do. Each test runs in a process of its own.
import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { endSample } from './child-sample.ts';
import { measuredOf } from './measured.ts';
import { parseOptions, USAGE } from './options.ts';
import type { Options } from './options.ts';
import { PLAN } from './plan.ts';
import type { Case } from './plan.ts';
import { ndjson, table } from './report.ts';
import type { Result } from './result.ts';
import { sampleNotices, takeRounds } from './rounds.ts';
import type { Entry } from './rounds.ts';
import { takeSample } from './take-sample.ts';

/** What ends a run early, with the exit codes that shells expect. */
const INTERRUPTIONS = [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const;

const nameOf = ({ test, setting }: Case): string => `${test} (${setting})`;

function notices(entries: readonly Entry<Case>[], options: Options): readonly string[] {
  return [
    ...(options.quick ? ['--quick shows that it works; its figures mean nothing'] : []),
    ...(options.log === 'memory' ? ['the log is in memory: nothing of ours was flushed'] : []),
    ...sampleNotices(entries, nameOf),
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
    const cases = PLAN.filter(({ test }) => options.tests.has(test));
    const entries = await takeRounds(cases, {
      ...{ rounds: options.rounds, quick: options.quick, nameOf },
      take: (bench, pass) => takeSample(bench, options, path.join(dir, `${pass}-${bench.test}`)),
    });
    const results = entries.flatMap(({ bench: { test, setting, n, quickN }, taken }): Result[] => {
      const measured = measuredOf(options.quick ? quickN : n, taken);
      return measured === undefined ? [] : [{ test, setting, ...measured }];
    });
    const edition = { version: await coreVersion(), log: options.log };
    process.stdout.write(options.json ? ndjson(results, edition) : table(results));
    for (const notice of notices(entries, options)) console.error(`note: ${notice}`);
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
