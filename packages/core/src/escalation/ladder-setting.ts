import { LADDER_RUNGS } from '@tksm/abstractions';
import type { LadderRung } from '@tksm/abstractions';
import { fieldsOf, invalidSetting, numberIn } from '../settings/setting.ts';
import type { Setting } from '../settings/setting.ts';
import type { Settings } from '../settings/settings.ts';
import { LONGEST_PERIOD_MS, MAX_TRIPS } from '../state/apply-ladder.ts';

/** When a kind goes up the ladder, and when down again. */
export interface LadderSetting {
  /** It goes up a rung when its breaker tripped so often … */
  readonly trips: number;
  /** … within this time. */
  readonly periodMs: number;
  /** It goes down a rung when its breaker has not tripped for so long. */
  readonly calmMs: number;
  /** As far up as it goes by itself. */
  readonly highest: Exclude<LadderRung, 'ground'>;
}

/** What holds for a kind that has no setting of its own, and for what a setting leaves out. */
const DEFAULT_LADDER: LadderSetting = Object.freeze({
  trips: 3,
  periodMs: 3_600_000,
  calmMs: 3_600_000,
  highest: 'quarantined',
});
const LONGEST_CALM_MS = 30 * 86_400_000;
const EVERY = '*';

/** The ladder of kinds; `false` is none. */
export const LADDER: Setting<LadderSetting | false | undefined> = {
  name: 'tksm.ladder.',
  summary:
    'When a kind whose breaker keeps tripping goes up and down, or every kind with *: ' +
    '{ trips, periodMs, calmMs, highest }, or false for never',
  fallback: undefined,
  parse(value) {
    if (value === false) return false;
    const fields = fieldsOf(value, Object.keys(DEFAULT_LADDER));
    const { trips, periodMs, calmMs } = DEFAULT_LADDER;
    return {
      trips: numberIn(fields, 'trips', { least: 1, most: MAX_TRIPS, fallback: trips }),
      periodMs: numberIn(fields, 'periodMs', { least: 1, most: LONGEST_PERIOD_MS, fallback: periodMs }),
      calmMs: numberIn(fields, 'calmMs', { least: 1, most: LONGEST_CALM_MS, fallback: calmMs }),
      highest: highestOf(fields['highest'] ?? DEFAULT_LADDER.highest),
    };
  },
};

function highestOf(value: unknown): LadderSetting['highest'] {
  const found = LADDER_RUNGS.find((rung) => rung === value);
  if (found !== undefined && found !== 'ground') return found;
  throw invalidSetting(`highest is one of ${LADDER_RUNGS.slice(1).join(', ')}`, 'highest');
}

/** The ladder of a kind; undefined: it moves by hand only. */
export function ladderSetting(settings: Settings, kind: string): LadderSetting | undefined {
  const all = settings.all(LADDER);
  const found = all.get(kind) ?? all.get(EVERY) ?? DEFAULT_LADDER;
  return found === false ? undefined : found;
}
