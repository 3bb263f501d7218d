import { rm } from 'node:fs/promises';
import path from 'node:path';
import { parseSample, runInChild } from '../child-sample.ts';
import type { Taken } from '../child-sample.ts';
import { GATE_MS } from '../take-sample.ts';
import type { RivalErrand } from './errand.ts';
import { entryOf } from './peers.ts';
import type { RivalCase } from './plan.ts';
import type { RunningServers } from './servers/running-servers.ts';

/** Longest that a step may take: the slowest rival drains in about a minute on a quiet machine. */
const LIMIT_MS = 300_000;
const QUICK_LIMIT_MS = 60_000;

/** Where and with what samples are taken. */
export interface Surroundings {
  readonly dir: string;
  readonly cache: string;
  readonly quick: boolean;
  readonly servers: RunningServers;
}

/** Runs a case once: what is queued beforehand is queued by another process than the one that is measured. */
export async function takeRivalSample(
  bench: RivalCase,
  { dir, cache, quick, servers }: Surroundings,
  pass: number,
): Promise<Taken | undefined> {
  const name = `p${pass}_${bench.peer}_${bench.test}_${bench.setting}`
    .replaceAll(/[^a-z0-9]+/gi, '_')
    .toLowerCase();
  const errand: Omit<RivalErrand, 'steps'> = {
    ...{ bench, n: quick ? bench.quickN : bench.n, quick, name, cache },
    dir: path.join(dir, name),
    endpoints: servers.endpoints,
    servers: servers.pids,
    ownServers: servers.pidsOf(entryOf(bench.peer).server),
    gateMs: quick ? 0 : GATE_MS,
  };
  try {
    if (quick) return parseSample(await run({ ...errand, steps: ['create', 'prepare', 'measure'] }));
    await run({ ...errand, steps: ['create', 'prepare'] });
    return parseSample(await run({ ...errand, steps: ['measure'] }));
  } finally {
    await run({ ...errand, steps: ['remove'] });
    await rm(errand.dir, { recursive: true, force: true });
  }
}

function run(errand: RivalErrand): Promise<string> {
  const { peer, test, setting } = errand.bench;
  return runInChild(
    import.meta.resolve('./sample-process.ts'),
    errand,
    `${peer}: ${test} (${setting})`,
    errand.quick ? QUICK_LIMIT_MS : LIMIT_MS,
  );
}
