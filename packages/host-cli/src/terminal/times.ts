const STEPS: readonly (readonly [unit: string, ms: number])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
];

/** A span for people, in its largest unit: `340ms`, `12s`, `5m`, `3h`, `9d`. */
function shortSpan(ms: number): string {
  const span = Math.max(0, Math.round(ms));
  for (const [unit, length] of STEPS) {
    if (span >= length) return `${Math.floor(span / length)}${unit}`;
  }
  return `${span}ms`;
}

/** As `shortSpan` with the next unit: `5m12s`, `3h04m`; seconds with a decimal below a minute. */
export function longSpan(ms: number): string {
  const seconds = Math.max(0, ms) / 1_000;
  if (seconds < 60) return `${seconds.toFixed(seconds < 10 ? 2 : 1)}s`;
  const whole = Math.floor(seconds);
  const [hours, minutes] = [Math.floor(whole / 3_600), Math.floor(whole / 60) % 60];
  const two = (value: number): string => String(value).padStart(2, '0');
  return hours > 0 ? `${hours}h${two(minutes)}m` : `${minutes}m${two(whole % 60)}s`;
}

/** How long ago, or how far ahead. */
export function relative(instant: number, now: number): string {
  return instant > now ? `in ${shortSpan(instant - now)}` : `${shortSpan(now - instant)} ago`;
}

export function isoTime(instant: number): string {
  return new Date(instant).toISOString();
}

/** 1234567 → 1,234,567 */
export function grouped(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',');
}
