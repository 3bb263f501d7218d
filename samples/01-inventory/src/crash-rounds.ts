import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { openSegmentsReader } from '@tksm/drivers-segments';
import { checkLog, checkManifest, factsOf, Mismatch, mustSucceed } from './check-inventory.ts';
import { followedRun } from './followed-run.ts';
import type { LogFacts } from './log-facts.ts';
import { run, SAMPLE } from './tksm.ts';

export interface CrashOptions {
  /** The tree to take the inventory of. */
  readonly root: string;
  /** An empty folder for data and manifests, outside the tree. */
  readonly top: string;
  readonly kills: number;
  /** A number in [0, 1) at each call. */
  readonly random: () => number;
  readonly onKill?: (kill: number, afterMs: number, facts: LogFacts) => void;
}

export interface CrashReport {
  kills: number;
  /** Inventories that came to their end, each over as many processes as the kills left it. */
  rounds: number;
  /** Kills that fell between the first hashed file and the last. */
  amongHashes: number;
  interrupted: number;
  hashed: number;
}

/**
 * Kills `tksm run` at random moments of its life and starts it again, until an inventory is complete; then another, until
 * there were as many kills. After each kill the log is verified, replayed, and compared with what was durable before;
 * after each inventory the manifest is compared, byte for byte, with what `sha256sum` says of the tree.
 *
 * @throws Mismatch at the first thing that is not as it should be
 */
export async function crashRounds(options: CrashOptions): Promise<CrashReport> {
  const { root, top, kills } = options;
  const report: CrashReport = { kills: 0, rounds: 0, amongHashes: 0, interrupted: 0, hashed: 0 };
  const truth = await sumsOf(root);
  const lifeMs = await lifetime(root, path.join(top, 'first'));
  while (report.kills < kills) {
    const data = path.join(top, `round-${report.rounds}`);
    const manifest = `${data}.sha256`;
    const args = ['run', SAMPLE, '--input', `root=${root}`, '--input', `manifest=${manifest}`];
    while (!(await isComplete(data, args, options, report, lifeMs)));
    const facts = await factsOf(data);
    await checkManifest(manifest, root, facts.hashed);
    if (!truth.equals(await readFile(manifest)))
      throw new Mismatch(`${manifest} is not what sha256sum says of ${root}`);
    await checkLog(data);
    report.rounds += 1;
    report.interrupted += facts.interrupted;
    report.hashed += facts.hashed;
  }
  return report;
}

/** One process, killed at a random moment; once there were enough kills it is let alone. */
async function isComplete(
  data: string,
  args: readonly string[],
  { kills, random, onKill }: CrashOptions,
  report: CrashReport,
  lifeMs: number,
): Promise<boolean> {
  const startedAt = performance.now();
  const afterMs = report.kills < kills ? random() * lifeMs : Number.POSITIVE_INFINITY;
  const killWhen = (): boolean => performance.now() - startedAt >= afterMs;
  const { facts, ...end } = await followedRun(data, args, { killWhen });
  if (end.signal !== 'SIGKILL') {
    mustSucceed('tksm run', end);
    return true;
  }
  report.kills += 1;
  if (facts.hashed > 0 && facts.hashed < (facts.files ?? 0)) report.amongHashes += 1;
  onKill?.(report.kills, afterMs, facts);
  if (facts.position > 0) {
    await checkLog(data);
    await checkPrefix(data, facts);
  }
  return false;
}

/** What was durable before the kill is there after it, bit for bit: the hash of its last frame says so. */
async function checkPrefix(data: string, { position, hash }: LogFacts): Promise<void> {
  const log = await openSegmentsReader({ dir: data });
  try {
    for await (const frame of log.read()) {
      if (frame.position + frame.count < position) continue;
      if (frame.position + frame.count === position && frame.hash === hash) return;
      break;
    }
  } finally {
    await log.close();
  }
  throw new Mismatch(`the log lost what was durable at ${position}`);
}

/** Milliseconds that an inventory takes when nothing kills it. */
async function lifetime(root: string, top: string): Promise<number> {
  await mkdir(top);
  const startedAt = performance.now();
  const args = [
    'run',
    SAMPLE,
    '--input',
    `root=${root}`,
    '--input',
    `manifest=${path.join(top, 'manifest')}`,
  ];
  mustSucceed('tksm run', await followedRun(path.join(top, 'data'), args, {}));
  return performance.now() - startedAt;
}

/** What `sha256sum` says of every regular file of a tree, in the order of the bytes of their paths. */
async function sumsOf(root: string): Promise<Buffer> {
  const script = "find . -type f -printf '%P\\0' | LC_ALL=C sort -z | xargs -0 -r sha256sum --";
  const sums = await run('bash', ['-o', 'pipefail', '-c', script], root);
  mustSucceed('sha256sum', sums);
  return sums.stdoutBytes;
}
