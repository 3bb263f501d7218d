import type { HealthCheck, HealthStatus, Instant, JobReader, Position, VarStore } from '@tksm/abstractions';
import { printable } from '../terminal/text-width.ts';
import { grouped, relative } from '../terminal/times.ts';
import { isSystemJob } from '../zone/job-names.ts';

/** How a zone is or was: checks for people, facts for programs. */
export interface HealthReport {
  readonly checks: readonly HealthCheck[];
  readonly facts: object;
}

/** Settings that say what is paused. */
const PAUSED_PREFIX = 'tksm.paused.';

const OPEN = ['queued', 'blocked', 'delayed', 'running', 'waiting', 'held'];

/** Jobs by status, the kernel's own left out. */
export function countJobs(jobs: JobReader): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const job of jobs.list()) {
    if (!isSystemJob(job)) counts[job.status] = (counts[job.status] ?? 0) + 1;
  }
  return counts;
}

export function jobsCheck(counts: Readonly<Record<string, number>>, runs: boolean): HealthCheck {
  const detail = Object.entries(counts).map(([status, count]) => `${grouped(count)} ${status}`);
  const waiting = OPEN.some((status) => (counts[status] ?? 0) > 0);
  return {
    name: 'jobs',
    status: (counts['held'] ?? 0) > 0 ? 'degraded' : 'ok',
    detail:
      (detail.join(', ') || 'none') +
      (waiting && !runs ? '; they wait until something runs this folder' : ''),
  };
}

/** Workers named in full; of more, how many there are. */
const MAX_WORKERS = 8;

/** Who holds the leases of users' jobs. */
export function leasesCheck(jobs: JobReader): HealthCheck {
  const held = new Map<string, number>();
  for (const job of jobs.list({ status: 'running' })) {
    if (job.lease !== undefined && !isSystemJob(job))
      held.set(job.lease.worker, (held.get(job.lease.worker) ?? 0) + 1);
  }
  const named = [...held]
    .slice(0, MAX_WORKERS)
    .map(([worker, count]) => `${grouped(count)} by ${printable(worker)}`);
  const more = held.size > MAX_WORKERS ? [`and ${held.size - MAX_WORKERS} workers more`] : [];
  return { name: 'leases', status: 'ok', detail: [...named, ...more].join(', ') || 'none' };
}

/** What is paused, and why; nothing while nothing is. */
export function pausedChecks(vars: VarStore): readonly HealthCheck[] {
  const paused = [...vars.list({ prefix: PAUSED_PREFIX })].map(({ name, value }) => {
    const { reason = '' } = value as { readonly reason?: string };
    const [what = '', ...of] = name.slice(PAUSED_PREFIX.length).split('.');
    return `${what} ${of.join('.')}${reason === '' ? '' : `: ${reason}`}`;
  });
  return paused.length === 0 ? [] : [{ name: 'paused', status: 'ok', detail: paused.join('; ') }];
}

export function logCheck(events: Position, last: Instant, now: Instant): HealthCheck {
  const when = events === 0 ? '' : `, the last ${relative(last, now)}`;
  return { name: 'log', status: 'ok', detail: `${grouped(events)} events${when}; all of it was read` };
}

export function worstOf(checks: readonly HealthCheck[]): HealthStatus {
  const ranks: readonly HealthStatus[] = ['failing', 'degraded', 'ok'];
  return ranks.find((rank) => checks.some(({ status }) => status === rank)) ?? 'ok';
}
