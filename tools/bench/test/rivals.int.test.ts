import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const main = path.join(import.meta.dirname, '../src/rivals/main.ts');

type Row = Readonly<Record<string, unknown>> & { readonly peer: string; readonly test: string };

// Ours and the disk alone: the others are installed and served by the run itself, which is no matter of a minute.
const ONLY = 'tksm,raw,raw_group_commit,enqueue_1,process,open_loop,sigkill';

describe('pnpm bench:rivals --quick --json', () => {
  let dir = '';
  let rows: readonly Row[] = [];

  beforeAll(async () => {
    dir = await mkdtemp(path.join(tmpdir(), 'rivals-test-'));
    const chart = path.join(dir, 'chart.svg');
    const data = path.join(dir, 'data');
    const args = [main, '--quick', '--json', '--only', ONLY, '--data', data, '--out', chart];
    const { stdout } = await run(process.execPath, args);
    rows = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Row);
  }, 240_000);

  afterAll(() => rm(dir, { recursive: true }));

  it('prints a row for every peer, test and setting', () => {
    expect(rows.map(({ peer, test, setting }) => `${peer} ${test}: ${String(setting)}`)).toEqual([
      'raw raw_group_commit: groups of 100',
      'tksm enqueue_1: 1 caller',
      'tksm process: concurrency 1',
      'tksm process: concurrency 10',
      'tksm process: concurrency 100',
      'tksm open_loop: 20 Hz',
      'tksm open_loop: 300 Hz',
      'tksm sigkill: defaults',
    ]);
  });

  it('gives every row its version, count and memory, and processing the p99 of a job', () => {
    for (const row of rows) {
      expect(row).toMatchObject({ version: expect.any(String), n: expect.any(Number) });
      expect(row['rss_mb']).toBeGreaterThan(0);
      if (row.test === 'process') expect(row['p99_ms']).toBeGreaterThan(0);
    }
  });

  it('loses and doubles nothing when a worker is killed', () => {
    expect(rows.at(-1)).toMatchObject({ duplicates: 0, unfinished: 0 });
    expect(rows.at(-1)?.['recovery_ms']).toBeGreaterThan(0);
  });

  it('picks up whatever was submitted at a fixed rate', () => {
    for (const row of rows.filter(({ test }) => test === 'open_loop')) expect(row['missed']).toBe(0);
  });

  it('draws a chart and leaves no data behind', async () => {
    expect(await readFile(path.join(dir, 'chart.svg'), 'utf8')).toContain('Process, concurrency 100');
    expect(await readdir(path.join(dir, 'data'))).toEqual([]);
  });
});

describe('pnpm bench:rivals', () => {
  it('names an unknown peer and exits with 2', async () => {
    const failed = run(process.execPath, [main, '--only', 'nonsense']);
    await expect(failed).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining('no peer or test nonsense'),
    });
  });

  it('names the package of a program that is missing', async () => {
    const failed = run(process.execPath, [path.join(import.meta.dirname, 'missing-program.ts')], {
      env: { PATH: '' },
    });
    await expect(failed).rejects.toMatchObject({
      stderr: expect.stringContaining('apt-get install -y redis-server'),
    });
  });
});
