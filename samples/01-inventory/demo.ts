import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { checkLog, checkManifest, factsOf, Mismatch, mustSucceed } from './src/check-inventory.ts';
import { followedRun } from './src/followed-run.ts';
import type { LogFacts } from './src/log-facts.ts';
import { count, ProgressBar, say, table } from './src/speech.ts';
import { SAMPLE } from './src/tksm.ts';

/** Part of the files at which the kill is sent; it lands a little later. */
const KILL_AT = 0.4;
/** A machine that is fast or busy may be done before the kill arrives; then it begins anew. */
const MAX_TRIES = 5;
const MANIFEST = path.join(SAMPLE, 'manifest.sha256');
/** What a user would type, from anywhere. */
const COMMAND = ['run', SAMPLE, '--json'];

async function demo(top: string): Promise<void> {
  const startedAt = performance.now();
  const { data, hashed } = await killedRun(top);
  say.step('the same command again: it goes on where the log ends');
  const live = await resumedRun(data);
  const facts = await factsOf(data);
  say.good('the log: every file hashed, none again after it was');
  await checkManifest(MANIFEST, String(facts.root), facts.hashed);
  say.good(`sha256sum --check: ${count(facts.hashed)} lines agree`);
  const digest = await checkLog(data);
  if (digest !== live) throw new Mismatch(`the kernel ended with digest ${live}, a replay with ${digest}`);
  say.good('tksm event verify: whole; tksm replay: the digest of the live kernel');
  summary(facts, digest, hashed, (performance.now() - startedAt) / 1_000);
}

async function killedRun(top: string): Promise<{ readonly data: string; readonly hashed: number }> {
  for (let tries = 1; tries <= MAX_TRIES; tries++) {
    const data = path.join(top, `data-${tries}`);
    say.step('tksm run samples/01-inventory, and SIGKILL half-way');
    const bar = new ProgressBar();
    const { signal, facts, ...end } = await followedRun(data, COMMAND, {
      killWhen: ({ files, hashed }) => files !== undefined && hashed >= Math.max(1, files * KILL_AT),
      onFacts: ({ files, hashed }) => {
        if (files !== undefined) bar.update(hashed, files);
      },
    });
    bar.end();
    if (signal === 'SIGKILL') return { data, hashed: facts.hashed };
    mustSucceed('tksm run', { signal, ...end });
    say.fact('it was done before the kill arrived; beginning anew');
  }
  throw new Mismatch(`${MAX_TRIES} runs were done before the kill arrived`);
}

/** Answers the digest of the live kernel. */
async function resumedRun(data: string): Promise<string> {
  const bar = new ProgressBar();
  const end = await followedRun(data, COMMAND, {
    onFacts: ({ files, hashed }) => {
      if (files !== undefined) bar.update(hashed, files);
    },
  });
  bar.end();
  mustSucceed('tksm run', end);
  const report = JSON.parse(end.stdout) as Readonly<Record<string, unknown>>;
  if (report['resumed'] !== true) throw new Mismatch(`the run began anew: ${end.stdout}`);
  return String(report['digest']);
}

function summary(facts: LogFacts, digest: string, hashed: number, seconds: number): void {
  const { frames, position } = facts;
  table('Everything agrees', [
    [
      'files',
      count(facts.hashed),
      `${(facts.bytes / 1e6).toFixed(1)} MB; ${count(hashed)} of them before the kill`,
    ],
    ['jobs', count(facts.jobs), `in ${facts.processes} processes`],
    ['retries', count(facts.retries), 'attempts that failed'],
    ['interrupted', count(facts.interrupted), 'attempts that died with the kill and were made again'],
    ['doubled work', count(facts.doubled), 'files worked on again after they were hashed'],
    ['events', count(position), 'in one hash chain'],
    [
      'flushes',
      count(frames),
      `one a frame; ${(position / Math.max(1, frames)).toFixed(0)} events shared one on average`,
    ],
    ['seconds', seconds.toFixed(1), 'with all checks'],
    ['digest', digest.slice(0, 12), 'of the state: live, and folded from the log'],
  ]);
}

const top = await mkdtemp(path.join(tmpdir(), 'tksm-demo-'));
try {
  await demo(top);
} catch (error) {
  if (!(error instanceof Mismatch)) throw error;
  say.failed(error.message);
  process.exitCode = 1;
} finally {
  await rm(top, { recursive: true });
}
