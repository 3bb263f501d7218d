import { rounded } from '../../statistics.ts';
import { textTable } from '../../text-table.ts';
import type { RivalResult } from '../result.ts';

/** One line of NDJSON for each result. */
export function rivalLines(results: readonly RivalResult[]): string {
  const lines = results.map((result) => {
    const { peer, version, setting, test, n, figures, clean, samples } = result;
    const ratio = ratioToOurs(result, results);
    return JSON.stringify({
      ...{ peer, version, setting, test, n, ...figures },
      ...(ratio !== undefined && { ratio: rounded(ratio) }),
      ...{ node: process.version, clean, samples },
      ...(clean === 0 && { contended: true }),
    });
  });
  return `${lines.join('\n')}\n`;
}

const COLUMNS = ['test', 'setting', 'peer', 'result', 'p99', 'flush/op', 'ours is', 'rss', 'clean'] as const;
const WORDS: ReadonlySet<string> = new Set(['test', 'setting', 'peer']);

/** The same for people. */
export function rivalTable(results: readonly RivalResult[]): string {
  return textTable(
    COLUMNS,
    results.map((result) => cells(result, results)),
    WORDS,
  );
}

function cells(result: RivalResult, all: readonly RivalResult[]): string[] {
  const { test, setting, peer, figures, clean, samples } = result;
  const { p99_ms, flushes_per_op, rss_mb } = figures;
  const ratio = ratioToOurs(result, all);
  return [
    ...[test, setting, peer, headline(result)],
    p99_ms === undefined ? '' : `${p99_ms} ms`,
    flushes_per_op === undefined ? '' : String(flushes_per_op),
    ratio === undefined || peer === 'tksm' ? '' : `${ratio.toFixed(2)} ×`,
    rss_mb === undefined ? '' : `${Math.round(rss_mb)} MB`,
    clean === 0 ? 'CONTENDED' : `${clean}/${samples}`,
  ];
}

function headline({ figures: { ops_per_s, p50_ms = 0 } }: RivalResult): string {
  return ops_per_s === undefined ? `${p50_ms} ms` : `${Math.round(ops_per_s).toLocaleString('en')} /s`;
}

/** How many times as good ours is at the same: more of a rate, less of a time. */
function ratioToOurs(result: RivalResult, all: readonly RivalResult[]): number | undefined {
  const ours = all.find(
    ({ peer, test, setting }) => peer === 'tksm' && test === result.test && setting === result.setting,
  );
  const [a, b] = [ours?.figures, result.figures];
  if (a?.ops_per_s !== undefined && b.ops_per_s !== undefined) return a.ops_per_s / b.ops_per_s;
  if (a?.p50_ms !== undefined && b.p50_ms !== undefined) return b.p50_ms / a.p50_ms;
  return undefined;
}
