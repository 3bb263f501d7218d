import type { Instant, LadderMoved, LadderRecord } from '@tksm/abstractions';
import type { KernelState } from './kernel-state.ts';

/** Kinds on the ladder at the same time; beyond that those on the ground are forgotten, oldest trip first. */
const MAX_KINDS = 1_000;
/** Trips of a kind that are remembered: the most that may be asked for before it climbs. */
export const MAX_TRIPS = 100;
/** How long a trip is remembered: the longest period that may be asked for. */
export const LONGEST_PERIOD_MS = 86_400_000;

/** Moves a kind on the ladder. */
export function applyLadderEvent(state: KernelState, event: LadderMoved, time: Instant): void {
  const { kind, to: rung, reason, by } = event;
  state.touch('ladder', kind);
  if (rung === 'ground') state.ladder.delete(kind);
  else put(state, kind, { rung, since: time, reason, ...(by !== undefined && { by }), trips: [] });
}

/** Notes that the breaker of a kind tripped. */
export function countTrip(state: KernelState, kind: string, time: Instant): void {
  const { trips, ...record } = state.ladder.get(kind) ?? { rung: 'ground' as const, since: 0, trips: [] };
  const recent = trips.filter((at) => time - at <= LONGEST_PERIOD_MS).slice(1 - MAX_TRIPS);
  put(state, kind, { ...record, trips: [...recent, time] });
}

/** Whether a kind can be put on a rung: it is known, or there is room for one more. */
export function hasRoomFor({ ladder }: KernelState, kind: string): boolean {
  if (ladder.has(kind) || ladder.size < MAX_KINDS) return true;
  return [...ladder.values()].some(({ rung }) => rung === 'ground');
}

function put(state: KernelState, kind: string, record: LadderRecord): void {
  if (!state.ladder.has(kind) && state.ladder.size >= MAX_KINDS && !forgetOne(state)) return;
  state.ladder.set(kind, record);
  state.touch('ladder', kind);
}

/** Of those on the ground the one whose last trip is the oldest, the first by name among equals. */
function forgetOne(state: KernelState): boolean {
  const [oldest] = [...state.ladder]
    .filter(([, { rung }]) => rung === 'ground')
    .map(([kind, { trips }]) => ({ kind, at: trips.at(-1) ?? 0 }))
    .sort((one, other) => one.at - other.at || (one.kind < other.kind ? -1 : 1));
  if (oldest === undefined) return false;
  state.ladder.delete(oldest.kind);
  state.touch('ladder', oldest.kind);
  return true;
}
