import type { Handler, Invocation } from '../program/invocation.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { printTable } from '../terminal/table.ts';
import { grouped, isoTime, relative } from '../terminal/times.ts';
import { dataFolder } from '../zone/configuration.ts';
import { folderHolder } from '../zone/folder-holder.ts';
import { isSystemJob } from '../zone/job-names.ts';
import { look } from '../zone/look.ts';
import { reachHolder } from '../zone/with-zone.ts';
import { isKernelError } from '@tksm/abstractions';
import type { ZoneConnection } from '@tksm/extensions-socket';
import type { HealthCheck, HealthStatus, JobView } from '@tksm/abstractions';

const EXIT_OF: Readonly<Record<HealthStatus, number>> = {
  ok: EXIT.ok,
  degraded: EXIT.ok,
  failing: EXIT.failed,
};

export const health: Handler = async (call) => {
  const { output } = call;
  const dir = await dataFolder(call);
  const holder = await folderHolder(dir);
  const { state, log } = await look(dir);
  const head = await log.head();
  const jobs = countUsers(state.jobs.list());
  const now = Date.now();
  const checks: HealthCheck[] = [
    {
      name: 'runner',
      status: 'ok',
      detail:
        holder === undefined
          ? 'nobody runs this folder'
          : `process ${holder.pid} on ${holder.host} runs it since ${isoTime(holder.since)}`,
    },
    {
      name: 'log',
      status: 'ok',
      detail: `${grouped(head.position)} events, the last ${relative(head.time, now)}; all of it was read`,
    },
    jobsCheck(jobs, holder !== undefined),
    ...(holder === undefined ? [] : await holdersChecks(call)),
  ];
  const status = worstOf(checks);
  if (output.settings.json) {
    output.document({ status, running: holder !== undefined, ...(holder && { holder }), jobs, checks });
    return EXIT_OF[status];
  }
  printTable(
    output,
    [
      { title: 'CHECK', text: ({ name }) => name },
      {
        title: 'STATUS',
        text: (check) => check.status,
        paint: (check, style) => (check.status === 'ok' ? style.green : style.yellow),
      },
      { title: 'DETAIL', text: ({ detail }) => detail },
    ],
    checks,
  );
  return EXIT_OF[status];
};

/** What the process that runs the folder says of itself, to those whom it answers. */
async function holdersChecks(call: Invocation): Promise<readonly HealthCheck[]> {
  let zone: ZoneConnection | undefined;
  try {
    zone = await reachHolder(call);
    const { checks = [] } = (await zone?.health()) ?? {};
    return checks.map((check) => ({ ...check, name: `runner's ${check.name}` }));
  } catch (error) {
    if (!isKernelError(error)) throw error;
    return [{ name: "runner's health", status: 'ok', detail: `not known: ${error.message}` }];
  } finally {
    zone?.close();
  }
}

function worstOf(checks: readonly HealthCheck[]): HealthStatus {
  const ranks: readonly HealthStatus[] = ['failing', 'degraded', 'ok'];
  return ranks.find((rank) => checks.some(({ status }) => status === rank)) ?? 'ok';
}

function jobsCheck(jobs: Readonly<Record<string, number>>, runs: boolean): HealthCheck {
  const open = ['queued', 'blocked', 'delayed', 'running', 'waiting', 'held'];
  const detail = Object.entries(jobs).map(([status, count]) => `${grouped(count)} ${status}`);
  const waiting = open.some((status) => (jobs[status] ?? 0) > 0);
  return {
    name: 'jobs',
    status: (jobs['held'] ?? 0) > 0 ? 'degraded' : 'ok',
    detail:
      (detail.join(', ') || 'none') +
      (waiting && !runs ? '; they wait until something runs this folder' : ''),
  };
}

/** Jobs by status, the kernel's own left out. */
function countUsers(jobs: Iterable<JobView>): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const job of jobs) {
    if (!isSystemJob(job)) counts[job.status] = (counts[job.status] ?? 0) + 1;
  }
  return counts;
}
