import { KernelError } from '@tksm/abstractions';
import { replayState } from '@tksm/core';
import { openSegmentsReader, verifySegments } from '@tksm/drivers-segments';
import type { VerifyReport } from '@tksm/drivers-segments';
import type { Handler } from '../program/invocation.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { LiveLine } from '../terminal/live-line.ts';
import type { Output } from '../terminal/output.ts';
import { progressLine } from '../terminal/progress-bar.ts';
import { grouped, longSpan } from '../terminal/times.ts';
import { RateMeter } from '../runs/rate-meter.ts';
import { dataFolder } from '../zone/configuration.ts';

const MIB = 1024 * 1024;

export const eventVerify: Handler = async (call) => {
  const { output } = call;
  const dir = await dataFolder(call);
  const startedAt = performance.now();
  const report = await verifyWithProgress(output, dir);
  // What was flushed is whole; now the events themselves: known types, in an order that folds.
  if (report.isWhole) await replayState(await openSegmentsReader({ dir }));
  const seconds = (performance.now() - startedAt) / 1_000;
  if (output.settings.json) output.document({ ...report, seconds: Number(seconds.toFixed(3)) });
  if (report.damage !== undefined) {
    const { position, file, offset, why } = report.damage;
    throw new KernelError('LogDamaged', `damaged at position ${position} (${file}, byte ${offset}): ${why}`, {
      data: { position, file, offset, why },
      next: 'restore the folder from a copy; nothing was changed',
    });
  }
  if (output.settings.json) return EXIT.ok;
  const bytes = report.segments.reduce((sum, segment) => sum + segment.bytes, 0);
  output.line(
    `${output.style.green('✓')} ${grouped(report.head.position)} events in ${grouped(report.frames)} frames are whole ` +
      `(${(bytes / MIB).toFixed(1)} MiB in ${longSpan(seconds * 1_000)}); head ${report.head.hash}`,
  );
  for (const file of report.rebuildable)
    output.notice(`${file} is missing or unreadable, and will be made anew`);
  return EXIT.ok;
};

async function verifyWithProgress(output: Output, dir: string): Promise<VerifyReport> {
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
    return await verifySegments(dir, {
      onProgress: (doneBytes, totalBytes) => {
        [done, total] = [doneBytes, totalBytes];
      },
    });
  } finally {
    line.end();
  }
}
