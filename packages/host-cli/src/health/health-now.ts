import { isKernelError } from '@tksm/abstractions';
import type { HealthCheck } from '@tksm/abstractions';
import { failureChecks, supervisorChecks } from '@tksm/core';
import type { ZoneConnection } from '@tksm/extensions-socket';
import type { Invocation } from '../program/invocation.ts';
import { isoTime } from '../terminal/times.ts';
import { dataFolder } from '../zone/configuration.ts';
import { folderHolder } from '../zone/folder-holder.ts';
import { look } from '../zone/look.ts';
import { reachHolder } from '../zone/with-zone.ts';
import { countJobs, jobsCheck, leasesCheck, logCheck, pausedChecks } from './health-report.ts';
import type { HealthReport } from './health-report.ts';

/** How a data folder is, and what the process that runs it says of itself. */
export async function healthNow(call: Invocation): Promise<HealthReport> {
  const dir = await dataFolder(call);
  const holder = await folderHolder(dir);
  const { state, log, now } = await look(dir);
  const head = await log.head();
  const jobs = countJobs(state.jobs);
  const detail =
    holder === undefined
      ? 'nobody runs this folder'
      : `process ${holder.pid} on ${holder.host} runs it since ${isoTime(holder.since)}`;
  const checks: HealthCheck[] = [
    { name: 'runner', status: 'ok', detail },
    logCheck(head.position, head.time, now),
    jobsCheck(jobs, holder !== undefined),
    ...pausedChecks(state.vars),
    leasesCheck(state.jobs),
    ...failureChecks(state.breakers, state.ladder, now),
    ...supervisorChecks(state.supervisors.list()),
    ...(holder === undefined ? [] : await holdersChecks(call)),
  ];
  return { checks, facts: { running: holder !== undefined, ...(holder && { holder }), jobs } };
}

/** Checks that the log alone answers, without asking anybody. */
const IN_THE_LOG = ['breakers', 'ladder', 'supervisors'];

/** What the process that runs the folder says of itself, to those whom it answers. */
async function holdersChecks(call: Invocation): Promise<readonly HealthCheck[]> {
  let zone: ZoneConnection | undefined;
  try {
    zone = await reachHolder(call);
    const { checks = [] } = (await zone?.health()) ?? {};
    return checks
      .filter(({ name }) => !IN_THE_LOG.includes(name))
      .map((check) => ({ ...check, name: `runner's ${check.name}` }));
  } catch (error) {
    if (!isKernelError(error)) throw error;
    return [{ name: "runner's health", status: 'ok', detail: `not known: ${error.message}` }];
  } finally {
    zone?.close();
  }
}
