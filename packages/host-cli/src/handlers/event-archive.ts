import path from 'node:path';
import { KernelError } from '@tksm/abstractions';
import type { Position } from '@tksm/abstractions';
import { openSegments, openSegmentsReader, planArchive } from '@tksm/drivers-segments';
import type { ArchivableSegment } from '@tksm/drivers-segments';
import { systemClock } from '@tksm/drivers-system';
import { prepareCut } from '../archiving/prepare-cut.ts';
import type { Handler, Invocation } from '../program/invocation.ts';
import { onProofStorage } from '../proofs/proof-storage.ts';
import { confirm } from '../terminal/confirm.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { printTable } from '../terminal/table.ts';
import { grouped } from '../terminal/times.ts';
import { dataFolder } from '../zone/configuration.ts';
import { findMoment } from '../zone/find-moment.ts';
import { readMoment } from '../zone/moment.ts';

const MIB = 1024 * 1024;

export const eventArchive: Handler = async (call) => {
  const { flags, output } = call;
  const dir = await dataFolder(call);
  const to = path.resolve(flags.text('to') ?? path.join(dir, 'archive'));
  const before = await cutOf(call, dir);
  const { segments, leftovers } = await planArchive(dir, before);
  const isDry = flags.on('dry-run');
  const facts = { to, before, segments };
  if (segments.length === 0 && leftovers.length === 0) {
    if (output.settings.json) output.document({ ...facts, archived: false });
    output.notice(`nothing to archive: no segment but the last ends at or before event ${before}`);
    return EXIT.ok;
  }
  const what = sumOf(segments);
  if (isDry) {
    if (output.settings.json) output.document({ ...facts, archived: false });
    else printSegments(call, segments);
    output.notice(`would move ${what} to ${to}`);
    return EXIT.ok;
  }
  if (!(await confirm(call, `Move ${what} to ${to}?`))) return EXIT.failed;
  const moved = await archive(call, dir, { before, to });
  if (output.settings.json) output.document({ ...facts, segments: moved, archived: true });
  output.notice(`moved ${sumOf(moved)} to ${to}`);
  return EXIT.ok;
};

/** The position that `--before` means. @throws KernelError `UsageError`, `MomentInFuture`, `MomentBeforeLog` */
async function cutOf({ flags }: Invocation, dir: string): Promise<Position> {
  const text = flags.text('before');
  if (text === undefined) {
    throw new KernelError('UsageError', 'say up to where: --before POSITION or --before TIME', {
      next: 'tksm event archive --before -30d --dry-run',
    });
  }
  const moment = readMoment(text, Date.now(), '--before');
  const log = await openSegmentsReader({ dir });
  try {
    const { position: end } = await log.head();
    if ('position' in moment && moment.position <= end) return moment.position;
    return (await findMoment(log, moment)).position;
  } finally {
    await log.close();
  }
}

async function archive(
  call: Invocation,
  dir: string,
  cut: { readonly before: Position; readonly to: string },
): Promise<readonly ArchivableSegment[]> {
  const log = await openSegments({ dir, clock: systemClock });
  try {
    await onProofStorage(dir, () => prepareCut(call, dir, log));
    return await log.archive(cut);
  } finally {
    await log.close();
  }
}

function sumOf(segments: readonly ArchivableSegment[]): string {
  const [first, last] = [segments[0]?.first ?? 0, (segments.at(-1)?.end ?? 1) - 1];
  const bytes = segments.reduce((sum, segment) => sum + segment.bytes, 0);
  const count = `${grouped(segments.length)} ${segments.length === 1 ? 'segment' : 'segments'}`;
  if (segments.length === 0) return 'what was left of an interrupted move';
  return `${count} with events ${first} to ${last} (${(bytes / MIB).toFixed(1)} MiB)`;
}

function printSegments({ output }: Invocation, segments: readonly ArchivableSegment[]): void {
  printTable<ArchivableSegment>(
    output,
    [
      { title: 'SEGMENT', text: ({ file }) => file },
      { title: 'FIRST', text: ({ first }) => String(first), align: 'right' },
      { title: 'LAST', text: ({ end }) => String(end - 1), align: 'right' },
      { title: 'BYTES', text: ({ bytes }) => String(bytes), align: 'right' },
    ],
    segments,
  );
}
