import { LADDER_RUNGS } from '@tksm/abstractions';
import type { Instant, KernelEvent, LadderRecord, LadderRung } from '@tksm/abstractions';
import type { LadderSetting } from './ladder-setting.ts';

/** The move on the ladder that a kind's facts call for. Undefined: none. */
export function decideRung(
  kind: string,
  record: LadderRecord,
  setting: LadderSetting | undefined,
  now: Instant,
): KernelEvent | undefined {
  const { rung, by, trips } = record;
  const at = LADDER_RUNGS.indexOf(rung);
  const move = (to: LadderRung | undefined, reason: string): KernelEvent | undefined =>
    to && { type: 'ladder.moved', v: 1, kind, from: rung, to, reason };
  if (setting === undefined) {
    return by === undefined && at > 0 ? move('ground', 'it has no ladder any more') : undefined;
  }
  const recent = trips.filter((trip) => now - trip <= setting.periodMs);
  if (recent.length >= setting.trips && at < LADDER_RUNGS.indexOf(setting.highest)) {
    const seconds = Math.ceil((now - (recent[0] ?? now)) / 1_000);
    return move(LADDER_RUNGS[at + 1], `its breaker tripped ${recent.length} times within ${seconds} s`);
  }
  if (now < (calmAt(record, setting) ?? Number.POSITIVE_INFINITY)) return undefined;
  return move(LADDER_RUNGS[at - 1], 'its breaker has not tripped for long enough');
}

/** When a kind goes down a rung if nothing happens until then. */
export function calmAt(
  { rung, by, since, trips }: LadderRecord,
  setting: LadderSetting | undefined,
): Instant | undefined {
  if (rung === 'ground' || by !== undefined || setting === undefined) return undefined;
  return Math.max(since, trips.at(-1) ?? 0) + setting.calmMs;
}
