import type { Position } from '@tksm/abstractions';
import { HEAD_FILE, LOG_FOLDER } from '../format/layout.ts';
import { HEAD_IS_OF_ANOTHER_LOG } from '../verification/segment-check.ts';
import type { VerifyReport } from '../verify-segments.ts';

/** One thing that a repair does to a file, of which it keeps a copy. */
export interface RepairStep {
  /** `cut`: all from `offset` on goes. `remove`: the file goes. `rebuild`: it is made anew from the log. */
  readonly kind: 'cut' | 'remove' | 'rebuild';
  /** Name, below the data folder. */
  readonly file: string;
  readonly offset: number;
  /** Bytes that go. */
  readonly bytes: number;
}

/** What a repair does, in order. */
export interface RepairPlan {
  readonly steps: readonly RepairStep[];
  /** First event that is lost though it was, or may have been, acknowledged; undefined when none is. */
  readonly lostFrom?: Position;
  /** Why the log is damaged. */
  readonly why?: string;
  /** Nothing would be left: only a copy helps. */
  readonly isHopeless: boolean;
}

/** What is to be done so that a log opens, seen from what verification has found. */
export function planRepair(report: VerifyReport): RepairPlan {
  const { damage, segments, rebuildable } = report;
  const rebuilds = rebuildable.map((file): RepairStep => ({ kind: 'rebuild', file, offset: 0, bytes: 0 }));
  if (damage === undefined) {
    const tails = segments.filter(({ unacknowledgedBytes }) => unacknowledgedBytes > 0);
    const cuts = tails.map(({ file, framesEnd, unacknowledgedBytes }): RepairStep => {
      return { kind: 'cut', file, offset: framesEnd, bytes: unacknowledgedBytes };
    });
    return { steps: [...cuts, ...rebuilds], isHopeless: false };
  }
  const { position, why, file, offset } = damage;
  const lost = { lostFrom: position, why };
  const head: RepairStep = { kind: 'rebuild', file: `${LOG_FOLDER}/${HEAD_FILE}`, offset: 0, bytes: 0 };
  const others = rebuilds.filter((step) => step.file !== head.file);
  if (why === HEAD_IS_OF_ANOTHER_LOG) return { ...lost, steps: [head, ...others], isHopeless: false };
  const at = segments.findIndex((segment) => segment.file === file);
  const isHopeless = at < 0 || (at === 0 && offset === 0);
  const steps = segments.slice(Math.max(0, at)).map((segment): RepairStep => {
    if (segment.file !== file || offset === 0)
      return { kind: 'remove', file: segment.file, offset: 0, bytes: segment.bytes };
    return { kind: 'cut', file, offset, bytes: segment.bytes - offset };
  });
  return { ...lost, steps: isHopeless ? [] : [head, ...steps, ...others], isHopeless };
}
