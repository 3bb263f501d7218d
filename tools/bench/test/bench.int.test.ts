import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const main = path.join(import.meta.dirname, '../src/main.ts');

type Row = Readonly<Record<string, unknown>> & { readonly test: string; readonly setting: string };

describe('pnpm bench --quick --json', () => {
  let dir = '';
  let rows: readonly Row[] = [];

  beforeAll(async () => {
    dir = await mkdtemp(path.join(tmpdir(), 'bench-test-'));
    const { stdout } = await run(process.execPath, [main, '--quick', '--json', '--data', dir]);
    rows = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Row);
  }, 240_000);

  afterAll(async () => {
    await rm(dir, { recursive: true });
  });

  it('prints a row for every test and setting', () => {
    const names = rows
      .filter(({ test }) => test !== 'help')
      .map(({ test, setting }) => `${test}: ${setting}`);
    expect(names).toEqual([
      'raw_single_flush: back to back',
      'enqueue_1: 1 caller',
      'raw_group_commit: groups of 100',
      'enqueue_100: 100 callers',
      'enqueue_bulk: batches of 1000',
      'authority: allow all',
      'authority: 1,000 handles, 5 deep',
      'accept_token: met before',
      'process: concurrency 1',
      'process: concurrency 10',
      'process: concurrency 100',
      'process: concurrency 100, event leaves',
      'leases: 0 long leases',
      'leases: 1,000 long leases',
      'raw_single_flush: idle',
      'latency: idle',
      'recovery: half finished, half queued',
      'recovery: 1M queued, from a snapshot',
      'replay: half finished, half queued',
      'memory: 100k queued jobs',
      'memory: 1M queued jobs',
      'submit_at_depth: 1k queued',
      'work_at_depth: 1k queued',
      'submit_at_depth: 10k queued',
      'work_at_depth: 10k queued',
      'submit_at_depth: 100k queued',
      'work_at_depth: 100k queued',
      'submit_at_depth: 1M queued',
      'work_at_depth: 1M queued',
      'growth: settled jobs retire',
      'growth: nothing retires',
      'digest: 1k of 1M entries changed',
      'start: empty folder',
    ]);
  });

  it('gives every row its peer, version, count and memory', () => {
    for (const row of rows) {
      expect(row).toMatchObject({ peer: 'tksm', version: expect.stringMatching(/^\d+\.\d+\.\d+/) });
      expect(row['n']).toBeGreaterThan(0);
      expect(row['rss_mb']).toBeGreaterThan(0);
    }
  });

  it('gives a rate, or a latency with p50 and p99', () => {
    for (const row of rows) {
      if (row.test === 'memory') continue;
      if ('ops_per_s' in row) expect(row['ops_per_s']).toBeGreaterThan(0);
      else expect(row['p99_ms']).toBeGreaterThanOrEqual(Number(row['p50_ms']));
    }
  });

  it('counts flushes: one for each record or acknowledgement, and fewer where they are shared', () => {
    const flushes = (test: string): unknown => rows.find((row) => row.test === test)?.['flushes_per_op'];
    expect(flushes('raw_single_flush')).toBe(1);
    expect(flushes('enqueue_1')).toBe(1);
    expect(flushes('enqueue_100')).toBeGreaterThan(0);
    expect(flushes('enqueue_100')).toBeLessThan(0.1);
  });

  it('measures ours by the best of the raw variants', () => {
    const { variants, ops_per_s } = rows[0] as Row & { readonly variants: Readonly<Record<string, number>> };
    expect(Object.keys(variants)).toHaveLength(4);
    expect(ops_per_s).toBe(Math.max(...Object.values(variants)));
    expect(rows[1]?.['ratio']).toBeCloseTo(Number(rows[1]?.['ops_per_s']) / Number(ops_per_s), 2);
  });

  it('leaves nothing behind', async () => {
    expect(await readdir(dir)).toEqual([]);
  });
});

describe('pnpm bench', () => {
  it('names an unknown test and exits with 2', async () => {
    const failed = run(process.execPath, [main, '--filter', 'nonsense']);
    await expect(failed).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining('no test nonsense'),
    });
  });
});
