import { isSystemKind } from '@tksm/abstractions';
import type {
  HealthStatus,
  Instant,
  JobId,
  KernelEvent,
  Position,
  Projection,
  RecordedEvent,
} from '@tksm/abstractions';

/** Changes of health that are kept, the newest. */
const MAX_HEALTH_CHANGES = 1_000;

/** Stage of a zone's last kernel, as far as its log tells: one that died looks as before until the next one begins. */
export type ZoneStage = 'new' | 'booting' | 'running' | 'draining' | 'stopped' | 'boot failed';

/** How a zone was from a moment on. */
export interface HealthChange {
  readonly at: Instant;
  readonly position: Position;
  readonly status: HealthStatus;
  readonly why: string;
}

export interface HealthTimeline {
  stage: ZoneStage;
  /** Since when. */
  since: Instant;
  /** Epoch of the last sequencer. */
  epoch: number;
  /** Kernels that ended without a shutdown, or lost their log and claimed it anew. */
  deaths: number;
  /** Oldest first. */
  readonly changes: HealthChange[];
  omitted: number;
  /** Time of the last event. */
  seen: Instant;
  /** Jobs that wait for a person: as many as the zone has. */
  readonly held: Record<JobId, true>;
  /** Jobs of the last kernel's own, with their kind. */
  own: Record<JobId, string>;
}

const STATUS: Readonly<Record<ZoneStage, HealthStatus>> = {
  new: 'ok',
  booting: 'degraded',
  running: 'ok',
  draining: 'degraded',
  stopped: 'ok',
  'boot failed': 'failing',
};

/** The health of a zone over time, as its events tell. */
export const healthTimeline: Projection<HealthTimeline> = {
  name: 'health',
  version: 1,
  initial: () => ({
    ...{ stage: 'new', since: 0, epoch: 0, deaths: 0, changes: [], omitted: 0, seen: 0 },
    ...{ held: {}, own: {} },
  }),
  apply(state, recorded) {
    const { event, time, position } = recorded;
    if (event.type === 'sequencer.claimed') claim(state, event.epoch, recorded);
    else if ('job' in event && event.job !== undefined) heed(state, event, event.job, time);
    state.seen = time;
    note(state, { at: time, position, ...healthOf(state) });
    return state;
  },
};

/** How a zone is, as of the last event of its timeline. */
export function healthOf({ stage, held }: HealthTimeline): Pick<HealthChange, 'status' | 'why'> {
  const status = STATUS[stage];
  for (const _ in held) {
    if (status === 'ok') return { status: 'degraded', why: `${stage}, with jobs that are held` };
  }
  return { status, why: stage };
}

function claim(state: HealthTimeline, epoch: number, { position, time }: RecordedEvent): void {
  if (state.stage !== 'new' && state.stage !== 'stopped' && state.stage !== 'boot failed') {
    state.deaths += 1;
    const why = `its kernel died, or lost its log, while it was ${state.stage}`;
    note(state, { at: state.seen, position, status: 'failing', why });
  }
  state.epoch = epoch;
  state.own = {};
  enter(state, 'booting', time);
}

function heed(state: HealthTimeline, event: KernelEvent, job: JobId, time: Instant): void {
  switch (event.type) {
    case 'job.submitted': {
      const { kind } = event.spec;
      if (!isSystemKind(kind)) break;
      state.own[job] = kind;
      if (kind === 'kernel.run') enter(state, 'running', time);
      if (kind === 'kernel.drain') enter(state, 'draining', time);
      break;
    }
    case 'job.succeeded':
      if (state.own[job] === 'kernel.shutdown') enter(state, 'stopped', time);
      forget(state, job);
      break;
    case 'job.failed':
      if (state.own[job]?.startsWith('boot.') === true) enter(state, 'boot failed', time);
      forget(state, job);
      break;
    case 'job.held':
      state.held[job] = true;
      break;
    case 'job.resumed':
    case 'job.released':
    case 'job.cancelled':
      forget(state, job);
      break;
    default:
  }
}

function enter(state: HealthTimeline, stage: ZoneStage, time: Instant): void {
  state.stage = stage;
  state.since = time;
}

function forget({ held, own }: HealthTimeline, job: JobId): void {
  Reflect.deleteProperty(held, job);
  Reflect.deleteProperty(own, job);
}

function note(state: HealthTimeline, change: HealthChange): void {
  const { changes } = state;
  const last = changes.at(-1);
  if (last?.status === change.status && last.why === change.why) return;
  changes.push(change);
  if (changes.length <= MAX_HEALTH_CHANGES) return;
  changes.shift();
  state.omitted += 1;
}
