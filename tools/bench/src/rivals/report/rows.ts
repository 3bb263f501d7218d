import { rounded } from '../../statistics.ts';
import { textTable } from '../../text-table.ts';
import { alsoOf, MEASURES, valueOf, valueText } from '../measures.ts';
import type { RivalResult } from '../result.ts';
import type { RivalVerdict } from '../targets.ts';

/** One line of NDJSON for each result. `ours_ratio`: how many times as good ours is at the same. */
export function rivalLines(results: readonly RivalResult[]): string {
  const lines = results.map((result) => {
    const { peer, version, setting, test, n, figures, clean, samples } = result;
    const ratio = ratioToOurs(result, results);
    return JSON.stringify({
      ...{ peer, version, setting, test, n, ...figures },
      ...(ratio !== undefined && { ours_ratio: rounded(ratio) }),
      ...{ node: process.version, clean, samples },
      ...(clean === 0 && { contended: true }),
    });
  });
  return `${lines.join('\n')}\n`;
}

const COLUMNS = [
  ...['test', 'setting', 'peer', 'result', 'p99', 'ours is', 'flush/op', 'rss', 'clean', 'also'],
] as const;
const WORDS: ReadonlySet<string> = new Set(['test', 'setting', 'peer', 'also']);

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
    ...[test, setting, peer, valueText(result)],
    p99_ms === undefined ? '' : `${p99_ms} ms`,
    ratio === undefined || peer === 'tksm' ? '' : `${ratio.toFixed(2)} ×`,
    flushes_per_op === undefined ? '' : String(flushes_per_op),
    rss_mb === undefined ? '' : `${Math.round(rss_mb)} MB`,
    clean === 0 ? 'CONTENDED' : `${clean}/${samples}`,
    alsoOf(test, figures),
  ];
}

/** How many times as good ours is at the same: more of a rate, less of a time. */
function ratioToOurs(result: RivalResult, all: readonly RivalResult[]): number | undefined {
  const ours = all.find(
    ({ peer, test, setting }) => peer === 'tksm' && test === result.test && setting === result.setting,
  );
  const [mine, theirs] = [ours === undefined ? undefined : valueOf(ours), valueOf(result)];
  if (mine === undefined || theirs === undefined) return undefined;
  return MEASURES[result.test].better === 'more' ? mine / theirs : theirs / mine;
}

/** Whether each promise was kept. */
export function verdictTable(verdicts: readonly RivalVerdict[]): string {
  const rows = verdicts.map(({ what, wanted, value, met }) => [
    ...[what, wanted, String(rounded(value)), met ? 'ok' : 'short'],
  ]);
  return textTable(['target', 'wanted', 'is', 'verdict'], rows, new Set(['target', 'wanted', 'verdict']));
}
