import { isBefore, noLogger } from '@tksm/abstractions';
import { KIND_RATE } from '../admission/rate-setting.ts';
import { tokensIn } from '../admission/token-bucket.ts';
import { heldBackByFailures } from '../breakers/held-back.ts';
import { ORIGIN, originSetting } from '../settings/origin-setting.ts';
import { rateText } from '../settings/rate.ts';
import { Settings } from '../settings/settings.ts';
import type { JobState } from '../state/job-state.ts';
import { isBlocked, statusOf } from '../state/job-status.ts';
import type { KernelState } from '../state/kernel-state.ts';
import { affinityText } from './affinity/affinity-gate.ts';
import { holdsLane } from './lanes/holds-lane.ts';
import { PAUSED, pauseText } from './pauses/pause-settings.ts';
import { POOL } from './pools/pool-setting.ts';
import { poolOf } from './pools/pool-of.ts';
import { QueuedJob } from './queued-job.ts';

/**
 * Why a job that is ready does not run, in sentences, as far as the state says it: whoever reads the log can tell. None
 * when nothing but a free slot is missing. Which labels workers have, and what bounds a kind has by itself, only their
 * process knows. Looks at every job.
 */
export function heldBackBy(job: JobState, state: KernelState): readonly string[] {
  if (statusOf(job, state) !== 'queued') return [];
  const settings = new Settings(state.world, noLogger);
  return [
    ...pauses(job, settings),
    ...heldBackByFailures(job.spec, state),
    ...(job.spec.affinity?.require?.length ? [affinityText(job.spec.affinity.require)] : []),
    ...lane(job, state),
    ...slots(job, state, settings),
    ...rates(job, state, settings),
  ];
}

function* pauses({ spec }: JobState, settings: Settings): Generator<string> {
  const pool = poolOf(spec, settings.all(POOL));
  const kind = settings.all(PAUSED.kind).get(spec.kind);
  if (kind !== undefined) yield pauseText('kind', spec.kind, kind);
  const found = settings.all(PAUSED.pool).get(pool);
  if (found !== undefined) yield pauseText('pool', pool, found);
}

function* lane(job: JobState, state: KernelState): Generator<string> {
  const { agent } = job.spec;
  const blocked = (other: JobState): boolean => isBlocked(other, state);
  if (agent === undefined || holdsLane(job, blocked)) return;
  const own = new QueuedJob(job, false);
  for (const other of state.jobs.values()) {
    if (other === job || other.spec.agent !== agent) continue;
    const isReady = statusOf(other, state) === 'queued' && isBefore(new QueuedJob(other, false), own);
    if (!holdsLane(other, blocked) && !isReady) continue;
    yield `job ${other.id} of agent ${agent} comes first`;
    return;
  }
}

function* slots({ spec }: JobState, state: KernelState, settings: Settings): Generator<string> {
  const declared = settings.all(POOL);
  const pool = poolOf(spec, declared);
  const most = declared.get(pool)?.concurrency;
  const { origin = '' } = spec;
  const quota = settings.all(ORIGIN).size === 0 ? undefined : originSetting(settings, origin).inFlight;
  if (most === undefined && quota === undefined) return;
  const running = [...state.jobs.values()].filter(({ lease }) => lease !== undefined);
  const inPool = running.filter((other) => poolOf(other.spec, declared) === pool).length;
  if (most !== undefined && inPool >= most) yield `the ${most} slots of pool ${pool} are taken`;
  const ofOrigin = running.filter((other) => (other.spec.origin ?? '') === origin).length;
  if (quota !== undefined && ofOrigin >= quota) yield `${ofOrigin} jobs of its origin run, as many as may`;
}

function* rates({ spec }: JobState, state: KernelState, settings: Settings): Generator<string> {
  const { kind, origin = '' } = spec;
  const limits = [
    [`kind/${kind}`, settings.all(KIND_RATE).get(kind)],
    [`origin/${origin}`, originSetting(settings, origin).rate],
  ] as const;
  for (const [key, rate] of limits) {
    if (rate !== undefined && tokensIn(state.buckets.get(key)?.until, rate, state.time) < 1)
      yield rateText(key, rate);
  }
}
