import { KernelError } from '@tksm/abstractions';
import { replayState } from '@tksm/core';
import type { SignedCheckpoint } from '@tksm/core';
import { openSegmentsReader, verifySegments } from '@tksm/drivers-segments';
import type { VerifyReport } from '@tksm/drivers-segments';
import type { Handler } from '../program/invocation.ts';
import { checkProofs } from '../proofs/check-proofs.ts';
import type { ProofReport } from '../proofs/check-proofs.ts';
import { keptCheckpoint } from '../proofs/kept-checkpoint.ts';
import { rolledBack } from '../proofs/rolled-back.ts';
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
  const kept = await keptCheckpoint(call, dir);
  const startedAt = performance.now();
  const report = await verifyWithProgress(output, dir);
  const proofs = report.isWhole ? await checkFolded(dir, kept) : undefined;
  const seconds = (performance.now() - startedAt) / 1_000;
  if (output.settings.json)
    output.document({ ...report, proofs: proofs?.findings ?? [], seconds: Number(seconds.toFixed(3)) });
  if (report.damage !== undefined) {
    const { position, file, offset, why } = report.damage;
    throw new KernelError('LogDamaged', `damaged at position ${position} (${file}, byte ${offset}): ${why}`, {
      data: { position, file, offset, why },
      next: 'restore the folder from a copy; nothing was changed',
    });
  }
  if (proofs !== undefined) complainOf(proofs, output);
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

/** What was flushed is whole; now the events themselves, known types in an order that folds, and what proofs are made of. */
async function checkFolded(dir: string, kept: SignedCheckpoint | undefined): Promise<ProofReport> {
  const log = await openSegmentsReader({ dir });
  try {
    await replayState(log);
    return await checkProofs(dir, log, kept === undefined ? [] : [kept.checkpoint]);
  } finally {
    await log.close();
  }
}

/** @throws KernelError `LogDamaged` for what cannot be made anew from the log */
function complainOf({ findings, broken, position }: ProofReport, output: Output): void {
  const [unkept] = broken;
  if (unkept !== undefined) throw rolledBack(unkept, position);
  for (const { file, why, isRebuildable } of findings) {
    if (!isRebuildable)
      throw new KernelError('LogDamaged', `${file}: ${why}`, { data: { position, file, why } });
    output.notice(`${file} will be made anew: ${why}`);
  }
}

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
