// Measures the kernel beside other job runtimes: the same work in the same run, on the same disk. They are installed
// outside this repository; their servers are ours alone, and end with the run.
import { rmSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { endSample } from '../child-sample.ts';
import { diskBelow } from '../machine/disk-below.ts';
import { measuredOf } from '../measured.ts';
import { sampleNotices, takeRounds } from '../rounds.ts';
import type { Entry } from '../rounds.ts';
import { installRivals } from './install.ts';
import type { Versions } from './install.ts';
import { parseRivalOptions, USAGE } from './options.ts';
import type { RivalOptions } from './options.ts';
import { entryOf } from './peers.ts';
import type { PeerName } from './peers.ts';
import { RIVAL_PLAN } from './plan.ts';
import type { RivalCase } from './plan.ts';
import { chartOf } from './report/chart.ts';
import { rivalLines, rivalTable, verdictTable } from './report/rows.ts';
import type { RivalResult } from './result.ts';
import { RunningServers } from './servers/running-servers.ts';
import { judgeRivals } from './targets.ts';
import { takeRivalSample } from './take-rival-sample.ts';

/** What ends a run early, with the exit codes that shells expect: once, and what was taken is reported; twice, at once. */
const INTERRUPTIONS = [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const;

const nameOf = ({ peer, test, setting }: RivalCase): string => `${peer} ${test} (${setting})`;

async function main(options: RivalOptions): Promise<void> {
  const { quick, rounds, cache } = options;
  const versions = [...options.peers].some((peer) => entryOf(peer).package !== undefined)
    ? await installRivals(cache)
    : {};
  await mkdir(options.data, { recursive: true });
  const dir = await mkdtemp(path.join(options.data, 'tksm-rivals-'));
  // PostgreSQL runs as another user.
  await chmod(dir, 0o755);
  const servers = new RunningServers();
  let isOver = false;
  for (const [signal, code] of INTERRUPTIONS) {
    process.on(signal, () => {
      endSample();
      if (!isOver) {
        isOver = true;
        process.exitCode = code;
        return;
      }
      servers.kill();
      rmSync(dir, { recursive: true, force: true });
      process.exit(code);
    });
  }
  try {
    console.error(`data on ${await diskBelow(dir)}`);
    await servers.start(serversOf(options), dir);
    const cases = RIVAL_PLAN.filter(({ peer, test }) => options.peers.has(peer) && options.tests.has(test));
    const entries = await takeRounds(cases, {
      ...{ rounds, quick, nameOf, tells: true, isOver: () => isOver },
      atMost: ({ once }) => (once === true ? 1 : rounds),
      take: (bench, pass) => takeRivalSample(bench, { dir, cache, quick, servers }, pass),
    });
    const versionOf = await editions(versions, servers);
    const results = entries.flatMap((entry) => resultOf(entry, quick, versionOf) ?? []);
    report(results, options);
    for (const notice of sampleNotices(entries, nameOf)) console.error(`note: ${notice}`);
    if (options.out !== undefined) {
      const machine = `${availableParallelism()} cores, Node.js ${process.versions.node}`;
      await writeFile(options.out, chartOf(results, `TKSM beside other job runtimes: ${machine}`));
    }
  } finally {
    await servers.stop();
    await rm(dir, { recursive: true, force: true });
  }
}

function report(results: readonly RivalResult[], { json, quick }: RivalOptions): void {
  if (json) {
    process.stdout.write(rivalLines(results));
    return;
  }
  process.stdout.write(rivalTable(results));
  if (!quick) process.stdout.write(`\n${verdictTable(judgeRivals(results))}`);
}

function serversOf({ peers }: RivalOptions): ReadonlySet<NonNullable<ReturnType<typeof entryOf>['server']>> {
  return new Set([...peers].flatMap((peer) => entryOf(peer).server ?? []));
}

function resultOf(
  { bench, taken }: Entry<RivalCase>,
  quick: boolean,
  versionOf: (peer: PeerName) => string,
): RivalResult | undefined {
  const measured = measuredOf(quick ? bench.quickN : bench.n, taken);
  if (measured === undefined) return undefined;
  const { peer, test, setting } = bench;
  return { peer, test, setting, version: versionOf(peer), ...measured };
}

async function editions(versions: Versions, servers: RunningServers): Promise<(peer: PeerName) => string> {
  const file = path.join(import.meta.dirname, '../../../../packages/core/package.json');
  const { version } = JSON.parse(await readFile(file, 'utf8')) as { readonly version: string };
  return (peer) => {
    const { server, package: name } = entryOf(peer);
    const own = name === undefined ? version : `${name} ${versions[name] ?? ''}`;
    return server === undefined ? own : `${own}, ${servers.versionOf(server) ?? ''}`;
  };
}

try {
  await main(parseRivalOptions(process.argv.slice(2)));
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  console.error(error instanceof TypeError ? `${message}\nusage: ${USAGE}` : message);
  process.exitCode = error instanceof TypeError ? 2 : 1;
}
