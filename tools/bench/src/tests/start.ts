import { execFile } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { BenchTest } from '../bench-test.ts';
import { percentile } from '../statistics.ts';

const run = promisify(execFile);
const probe = fileURLToPath(import.meta.resolve('../start-probe.ts'));

/** A fresh process each time: loads the packages and opens a kernel on an empty folder. */
export const start: BenchTest = {
  async measure({ dir, n, log, meter }) {
    const samples: { readonly loadMs: number; readonly openMs: number }[] = [];
    await meter.gate();
    const stop = meter.start(n);
    for (let i = 0; i < n; i++) {
      const { stdout } = await run(process.execPath, [probe, path.join(dir, String(i)), log.kind]);
      samples.push(JSON.parse(stdout) as (typeof samples)[number]);
    }
    const { foreign_cores = 0 } = stop().figures;
    const totals = samples.map(({ loadMs, openMs }) => loadMs + openMs);
    return {
      figures: {
        foreign_cores,
        p50_ms: percentile(totals, 0.5),
        p99_ms: percentile(totals, 0.99),
        load_p50_ms: percentile(
          samples.map(({ loadMs }) => loadMs),
          0.5,
        ),
        open_p50_ms: percentile(
          samples.map(({ openMs }) => openMs),
          0.5,
        ),
      },
    };
  },
};
