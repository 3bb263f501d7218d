import { KernelError } from '@tksm/abstractions';
import type { Checkpoint } from '@tksm/core';
import type { Handler } from '../program/invocation.ts';
import { keptCheckpoint } from '../proofs/kept-checkpoint.ts';
import { rolledBack } from '../proofs/rolled-back.ts';
import { RateMeter } from '../runs/rate-meter.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { LiveLine } from '../terminal/live-line.ts';
import type { Output } from '../terminal/output.ts';
import { progressLine } from '../terminal/progress-bar.ts';
import { grouped, longSpan } from '../terminal/times.ts';
import { faultLine } from '../verification/fault-line.ts';
import { damageOf, verifyFolder } from '../verification/verify-folder.ts';
import type { FolderReport } from '../verification/verify-folder.ts';
import { dataFolder } from '../zone/configuration.ts';

const MIB = 1024 * 1024;

export const eventVerify: Handler = async (call) => {
  const { output } = call;
  const dir = await dataFolder(call);
  const kept = await keptCheckpoint(call, dir);
  const startedAt = performance.now();
  const report = await verifyWithProgress(output, dir, kept === undefined ? [] : [kept.checkpoint]);
  const { log, faults } = report;
  const seconds = (performance.now() - startedAt) / 1_000;
  const [damage] = damageOf(report);
  if (output.settings.json)
    output.document({ ...log, isWhole: damage === undefined, faults, seconds: Number(seconds.toFixed(3)) });
  // Said even when quiet: no fault goes unseen.
  for (const fault of faults) if (fault !== damage) output.complain(faultLine(fault));
  if (damage !== undefined) {
    const { position, file, offset, why } = damage;
    throw new KernelError('LogDamaged', faultLine(damage), {
      data: {
        file,
        why,
        ...(position === undefined ? {} : { position }),
        ...(offset === undefined ? {} : { offset }),
      },
      next: 'restore the folder from a copy, or look what tksm doctor --repair would do; nothing was changed',
    });
  }
  const [unkept] = report.proofs?.broken ?? [];
  if (unkept !== undefined) throw rolledBack(unkept, log.head.position);
  if (output.settings.json) return EXIT.ok;
  const bytes = log.segments.reduce((sum, segment) => sum + segment.bytes, 0);
  if (log.base > 0) output.notice(`the log begins at event ${log.base}: those before it are archived`);
  output.line(
    `${output.style.green('✓')} ${grouped(log.head.position - log.base)} events in ${grouped(log.frames)} frames are whole ` +
      `(${(bytes / MIB).toFixed(1)} MiB in ${longSpan(seconds * 1_000)}); head ${log.head.hash}`,
  );
  return EXIT.ok;
};

async function verifyWithProgress(
  output: Output,
  dir: string,
  kept: readonly Checkpoint[],
): Promise<FolderReport> {
  const meter = new RateMeter();
  let [done, total] = [0, 0];
  const facts = () => {
    meter.sample(performance.now(), done / MIB);
    return {
      label: 'verify',
      done: done / MIB,
      total: total / MIB,
      perSecond: meter.perSecond,
      unit: ' MiB',
      notes: [],
    };
  };
  const line = new LiveLine(output, {
    live: (width) => progressLine(facts(), width, output.errStyle),
    plain: () => `verify: ${(done / MIB).toFixed(0)} of ${(total / MIB).toFixed(0)} MiB`,
  });
  try {
    const onProgress = (doneBytes: number, totalBytes: number): void => {
      [done, total] = [doneBytes, totalBytes];
    };
    return await verifyFolder(dir, { kept, onProgress });
  } finally {
    line.end();
  }
}
