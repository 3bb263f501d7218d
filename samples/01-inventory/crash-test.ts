// Kills the inventory of a folder at random moments: node samples/01-inventory/crash-test.ts --kills 50 --root DIR

import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { Mismatch } from './src/check-inventory.ts';
import { crashRounds } from './src/crash-rounds.ts';
import { seededChance } from './src/seeded-chance.ts';
import { count, say, table } from './src/speech.ts';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '50' },
    root: { type: 'string', default: '.' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
});

const top = await mkdtemp(path.join(tmpdir(), 'tksm-crash-'));
const root = await realpath(values.root);
const startedAt = performance.now();
say.step(`${values.kills} kills of an inventory of ${root}, seed ${values.seed}`);
try {
  const report = await crashRounds({
    ...{ root, top, kills: Number(values.kills), random: seededChance(Number(values.seed)) },
    onKill: (kill, afterMs, { processes, position, hashed, files }) => {
      const progress = files === undefined ? 'before the list' : `${count(hashed)} of ${count(files)} hashed`;
      say.fact(
        `kill ${kill} after ${Math.round(afterMs)} ms: process ${processes}, ${count(position)} events, ${progress}`,
      );
    },
  });
  table('Nothing was lost, nothing done twice', [
    [
      'kills',
      count(report.kills),
      `${report.amongHashes} of them between the first hashed file and the last`,
    ],
    ['inventories', count(report.rounds), 'complete, each equal to sha256sum of the tree'],
    ['files hashed', count(report.hashed), 'none again after its job had completed'],
    ['interrupted', count(report.interrupted), 'attempts'],
    [
      'seconds',
      ((performance.now() - startedAt) / 1_000).toFixed(0),
      'the log verified and replayed after every kill',
    ],
  ]);
} catch (error) {
  if (!(error instanceof Mismatch)) throw error;
  say.failed(error.message);
  process.exitCode = 1;
} finally {
  await rm(top, { recursive: true });
}
