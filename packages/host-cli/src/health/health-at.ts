import type { HealthCheck } from '@tksm/abstractions';
import { failureChecks, supervisorChecks } from '@tksm/core';
import { healthOf, healthTimeline, ProjectionRunner } from '@tksm/observability';
import type { Invocation } from '../program/invocation.ts';
import { isoTime } from '../terminal/times.ts';
import { dataFolder } from '../zone/configuration.ts';
import { logSource } from '../zone/log-source.ts';
import { look } from '../zone/look.ts';
import { countJobs, jobsCheck, leasesCheck, logCheck, pausedChecks } from './health-report.ts';
import type { HealthReport } from './health-report.ts';

/** How a zone was at a moment, from its events alone: who ran it, and whether that process was alive, they do not say. */
export async function healthAt(call: Invocation, at: string): Promise<HealthReport> {
  const { log, state, now } = await look(await dataFolder(call), at);
  const { position, time } = state;
  const runner = await ProjectionRunner.open(healthTimeline, { source: logSource(log, position) });
  await runner.catchUp();
  const { stage, since, epoch, deaths } = runner.state;
  const { status, why } = healthOf(runner.state);
  const jobs = countJobs(state.jobs);
  const runs = stage === 'booting' || stage === 'running' || stage === 'draining';
  const when = stage === 'new' ? '' : ` since ${isoTime(since)}, epoch ${epoch}`;
  const checks: HealthCheck[] = [
    { name: 'kernel', status, detail: `${why}${when}` },
    logCheck(position, time, now),
    jobsCheck(jobs, runs),
    ...pausedChecks(state.vars),
    leasesCheck(state.jobs),
    ...supervisorChecks(state.supervisors.list()),
    ...failureChecks(state.breakers, state.ladder, now),
  ];
  return { checks, facts: { at: { position, time }, stage, since, epoch, deaths, jobs } };
}
