import { hash, isKernelError, jobId } from '@tksm/abstractions';
import type { IndexRow, JobIndex } from '@tksm/abstractions';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { jobIndexFault } from './file-sum.ts';
import { indexFolder } from './index-folder.ts';
import { openJobIndex } from './open-job-index.ts';

const MARK = { position: 7, hash: hash('a'.repeat(64)) };

function rowsOf(count: number): IndexRow[] {
  return Array.from({ length: count }, (_, n) => ({
    id: jobId(createHash('sha256').update(String(n)).digest('hex').slice(0, 32)),
    body: JSON.stringify({ nth: n, note: 'x'.repeat(n % 700) }),
  }));
}

async function indexOf(rows: readonly IndexRow[]): Promise<string> {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'tksm-index-'));
  onTestFinished(() => {
    fs.rmSync(dir, { recursive: true });
  });
  const index = openJobIndex({ dir });
  await index.write(rows, MARK);
  // Written again, as after a recall: counted once.
  await index.write(rows.slice(0, 10), MARK);
  await index.close();
  return dir;
}

/** Rows that a lookup gives as they were, refuses, or does not find. */
function lookups(
  index: JobIndex,
  rows: readonly IndexRow[],
): { given: number; refused: number; missed: number } {
  const counts = { given: 0, refused: 0, missed: 0 };
  for (const { id, body } of rows) {
    try {
      counts[index.get(id) === body ? 'given' : 'missed'] += 1;
    } catch (error) {
      if (!isKernelError(error, 'IndexDamaged')) throw error;
      counts.refused += 1;
    }
  }
  return counts;
}

function flip(file: string, at: number): void {
  const bytes = fs.readFileSync(file);
  bytes[at] = (bytes[at] ?? 0) ^ 0x55;
  fs.writeFileSync(file, bytes);
}

it('notices any changed byte of a small file when it is opened, and says so before', async () => {
  const rows = rowsOf(200);
  const dir = await indexOf(rows);
  const { file } = indexFolder(dir);
  const whole = fs.readFileSync(file);
  const sound = openJobIndex({ dir });
  expect(lookups(sound, rows).given).toBe(200);
  await sound.close();
  expect(jobIndexFault({ dir })).toBeUndefined();
  const sum = fs.readFileSync(indexFolder(dir).sum);
  for (let at = 0; at < whole.length; at += 1_237) {
    fs.writeFileSync(file, whole);
    fs.writeFileSync(indexFolder(dir).sum, sum);
    flip(file, at);
    expect(jobIndexFault({ dir })).toMatch(/not as it was/);
    const index = openJobIndex({ dir });
    expect([at, index.mark]).toEqual([at, undefined]);
    await index.close();
  }
});

it('never misses a row of a large file whose keys were changed', { timeout: 120_000 }, async () => {
  const rows = rowsOf(14_000);
  const dir = await indexOf(rows);
  const { file, sum } = indexFolder(dir);
  const whole = fs.readFileSync(file);
  expect(whole.length).toBeGreaterThan(4 * 1_048_576);
  // As after a kill: nothing is known of the file as a whole.
  fs.rmSync(sum);
  // Key pages of the tree by id: 0x02 interior, 0x0a leaf. All interior ones, and every 20th leaf.
  const pages = Array.from({ length: whole.length / 4096 - 1 }, (_, n) => (n + 1) * 4096);
  const interior = pages.filter((at) => whole[at] === 0x02);
  const leaves = pages.filter((at) => whole[at] === 0x0a);
  expect(interior.length).toBeGreaterThan(0);
  const bytes = [
    ...interior.flatMap((at) => Array.from({ length: 24 }, (_, n) => at + (n < 12 ? n : 4096 - n * 29))),
    ...leaves.filter((_, n) => n % 20 === 0).flatMap((at) => [at + 3, at + 4096 - 9, at + 4096 - 30]),
  ];
  let noticed = 0;
  for (const at of bytes) {
    fs.writeFileSync(file, whole);
    flip(file, at);
    const index = openJobIndex({ dir });
    if (index.mark === undefined) noticed += 1;
    else expect([at, lookups(index, rows).missed]).toEqual([at, 0]);
    await index.close();
    fs.rmSync(indexFolder(dir).condemned, { force: true });
  }
  expect(noticed).toBeGreaterThan(bytes.length / 4);
});

it('leaves one file and its sum, also when it is closed while something is written', async () => {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'tksm-index-'));
  onTestFinished(() => {
    fs.rmSync(dir, { recursive: true });
  });
  const index = openJobIndex({ dir });
  const written = index.write(rowsOf(50), MARK);
  await Promise.all([written, index.close()]);
  expect(fs.readdirSync(indexFolder(dir).dir).sort()).toEqual(['jobs.db', 'jobs.sum']);
});
