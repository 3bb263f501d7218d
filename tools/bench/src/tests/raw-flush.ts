import type { BenchTest, Figures, Stage } from '../bench-test.ts';
import { idleGap } from '../idle-gap.ts';
import type { RawFile, RawVariant } from '../raw-file.ts';
import { openRawFile, RAW_VARIANTS, RECORD_BYTES } from '../raw-file.ts';
import { percentile } from '../statistics.ts';

type RawStage = Pick<Stage, 'dir' | 'n' | 'setting' | 'meter'>;

const GROUP = 100;
const WARM_UP_WRITES = 100;

/** One flush a record, back to back or at rest in between; every variant in turn. */
export const rawSingleFlush = {
  measure: (stage: RawStage) => eachVariant(stage, { recordsAWrite: 1, idle: stage.setting === 'idle' }),
} satisfies BenchTest;

/** One flush for a hundred records, one flush in flight. */
export const rawGroupCommit = {
  measure: (stage: RawStage) => eachVariant(stage, { recordsAWrite: GROUP, idle: false }),
} satisfies BenchTest;

interface Pattern {
  readonly recordsAWrite: number;
  readonly idle: boolean;
}

async function eachVariant(
  stage: RawStage,
  pattern: Pattern,
): Promise<{ variants: Record<string, Figures> }> {
  const variants: Record<string, Figures> = {};
  await stage.meter.gate();
  for (const variant of RAW_VARIANTS) variants[variant] = await measureVariant(stage, variant, pattern);
  return { variants };
}

async function measureVariant(stage: RawStage, variant: RawVariant, pattern: Pattern): Promise<Figures> {
  const { dir, n, meter } = stage;
  const writes = Math.ceil(n / pattern.recordsAWrite);
  const file = openRawFile(dir, variant, writes + WARM_UP_WRITES, pattern.recordsAWrite * RECORD_BYTES);
  await timeWrites(file, Math.min(WARM_UP_WRITES, writes), false);
  const stop = meter.start(n);
  const samples = await timeWrites(file, writes, pattern.idle);
  const { figures } = stop();
  file.close();
  const { ops_per_s: paced = 0, ...rest } = figures;
  return {
    ...(pattern.idle ? {} : { ops_per_s: paced }),
    ...rest,
    ...(pattern.recordsAWrite === 1 && {
      p50_ms: percentile(samples, 0.5),
      p99_ms: percentile(samples, 0.99),
    }),
    flushes_per_op: writes / n,
  };
}

async function timeWrites(file: RawFile, count: number, idle: boolean): Promise<number[]> {
  const samples: number[] = [];
  for (let i = 0; i < count; i++) {
    const startedAt = performance.now();
    const written = file.writeFlushed();
    if (written !== undefined) await written;
    samples.push(performance.now() - startedAt);
    if (idle) await idleGap();
  }
  return samples;
}
