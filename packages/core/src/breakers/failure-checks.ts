import type {
  BreakerReader,
  BreakerView,
  HealthCheck,
  Instant,
  LadderReader,
  LadderView,
} from '@tksm/abstractions';

/** What of health is about breakers and the escalation ladder; nothing where none was ever needed. */
export function failureChecks(
  breakers: BreakerReader,
  ladder: LadderReader,
  now: Instant,
): readonly HealthCheck[] {
  const known = breakers.list();
  const open = known.filter(({ phase }) => phase !== 'closed');
  const rungs = ladder.list().filter(({ rung }) => rung !== 'ground');
  const checks: HealthCheck[] = [];
  if (known.length > 0) {
    const detail = open.length === 0 ? 'all closed' : list(open.map((breaker) => breakerText(breaker, now)));
    checks.push({ name: 'breakers', status: open.length === 0 ? 'ok' : 'degraded', detail });
  }
  if (rungs.length > 0)
    checks.push({ name: 'ladder', status: 'degraded', detail: list(rungs.map(rungText)) });
  return checks;
}

/** Things that are named in one line; more are counted. */
const MAX_NAMED = 5;

function list(texts: readonly string[]): string {
  const more = texts.length > MAX_NAMED ? [`${texts.length - MAX_NAMED} more`] : [];
  return [...texts.slice(0, MAX_NAMED), ...more].join('; ');
}

function breakerText({ name, phase, reason = '', until }: BreakerView, now: Instant): string {
  if (phase === 'half-open') return `${name} half-open, being probed`;
  const next =
    until === undefined
      ? 'until it is closed by hand'
      : `next probe ${until <= now ? 'now' : `in ${Math.ceil((until - now) / 1_000)} s`}`;
  return `${name} open, ${next} (${reason})`;
}

function rungText({ kind, rung, reason = '' }: LadderView): string {
  return `${kind} ${rung} (${reason})`;
}
