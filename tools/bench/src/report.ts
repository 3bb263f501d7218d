import type { Result } from './result.ts';
import { rounded } from './statistics.ts';
import { judge } from './targets.ts';
import { textTable } from './text-table.ts';

export interface Edition {
  readonly version: string;
  readonly log: string;
}

/** One line of NDJSON for each result. */
export function ndjson(results: readonly Result[], { version, log }: Edition): string {
  const lines = results.map((result) => {
    const { test, setting, n, figures, clean, samples, variant, variants } = result;
    const { ratio, ...verdict } = judge(result, results);
    return JSON.stringify({
      ...{ peer: 'tksm', version, setting, test, n, ...figures },
      ...(variant !== undefined && { variant, variants }),
      ...(ratio !== undefined && { ratio: rounded(ratio) }),
      ...verdict,
      ...{ log, node: process.version, clean, samples },
      ...(clean === 0 && { contended: true }),
    });
  });
  return `${lines.join('\n')}\n`;
}

const COLUMNS = ['test', 'setting', 'result', 'p99', 'flush/op', 'rss', 'ratio', 'target', 'clean'] as const;
const WORDS: ReadonlySet<string> = new Set(['test', 'setting', 'target']);

/** The same for people. */
export function table(results: readonly Result[]): string {
  const rows = results.map((result) => cells(result, results));
  return textTable(COLUMNS, rows, WORDS);
}

function cells(result: Result, all: readonly Result[]): string[] {
  const { test, setting, figures, variant, clean, samples } = result;
  const { ratio, target, met } = judge(result, all);
  const { flushes_per_op, rss_mb, p99_ms } = figures;
  const verdict = met === undefined ? 'no baseline' : met ? 'ok' : 'short';
  return [
    test,
    variant === undefined ? setting : `${setting} (${variant})`,
    headline(result),
    p99_ms === undefined ? '' : `${p99_ms} ms`,
    flushes_per_op === undefined ? '' : String(flushes_per_op),
    rss_mb === undefined ? '' : `${Math.round(rss_mb)} MB`,
    ratio === undefined ? '' : ratio.toFixed(2),
    target === undefined ? '' : `${verdict}: ${target}`,
    clean === 0 ? 'CONTENDED' : `${clean}/${samples}`,
  ];
}

function headline({ figures: { ops_per_s, p50_ms, bytes_per_op } }: Result): string {
  if (ops_per_s !== undefined) return `${Math.round(ops_per_s).toLocaleString('en')} /s`;
  if (p50_ms !== undefined) return `${p50_ms} ms`;
  return `${Math.round(bytes_per_op ?? 0)} B/job`;
}
