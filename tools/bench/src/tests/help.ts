import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { BenchTest } from '../bench-test.ts';
import { percentile } from '../statistics.ts';

const run = promisify(execFile);
const cli = path.join(import.meta.dirname, '../../../../packages/host-cli');

/** `tksm --help` over an empty program, in turns. Not measured while the command line is not built. */
export const help: BenchTest = {
  async measure({ dir, n, meter }) {
    const script = await commandLine();
    if (script === undefined) {
      console.error('note: the command line is not built');
      return undefined;
    }
    const empty = path.join(dir, 'empty.mjs');
    await writeFile(empty, '');
    await meter.gate();
    const stop = meter.start(n);
    const helpMs: number[] = [];
    const emptyMs: number[] = [];
    for (let i = 0; i < n; i++) {
      emptyMs.push(await timed([empty]));
      helpMs.push(await timed([script, '--help']));
    }
    const { foreign_cores = 0 } = stop().figures;
    const over = (p: number): number => percentile(helpMs, p) - percentile(emptyMs, p);
    return {
      figures: {
        foreign_cores,
        p50_ms: over(0.5),
        p99_ms: over(0.99),
        empty_p50_ms: percentile(emptyMs, 0.5),
      },
    };
  },
};

async function timed(args: readonly string[]): Promise<number> {
  const startedAt = performance.now();
  await run(process.execPath, [...args]);
  return performance.now() - startedAt;
}

/** Undefined while it does not exist or is not built. */
async function commandLine(): Promise<string | undefined> {
  try {
    const manifest = JSON.parse(await readFile(path.join(cli, 'package.json'), 'utf8')) as Manifest;
    const script = path.join(cli, manifest.bin.tksm);
    await timed([script, '--help']);
    return script;
  } catch (error) {
    if (/ENOENT|MODULE_NOT_FOUND/.test(String(error))) return undefined;
    throw error;
  }
}

interface Manifest {
  readonly bin: { readonly tksm: string };
}
