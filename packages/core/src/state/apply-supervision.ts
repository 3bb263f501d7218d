import { KernelError } from '@tksm/abstractions';
import type {
  ExitReason,
  Instant,
  JobOutcome,
  Position,
  SupervisedBy,
  SupervisorEnded,
  SupervisorEvent,
  SupervisorRecord,
  SupervisorStarted,
} from '@tksm/abstractions';
import {
  parentOf,
  recentRestarts,
  withExit,
  withoutRuns,
  withPlan,
  withRun,
  withStops,
} from '../supervision/supervisor-record.ts';
import type { JobState } from './job-state.ts';
import type { KernelState } from './kernel-state.ts';

const EXIT_OF: Readonly<Record<JobOutcome['status'], ExitReason>> = {
  succeeded: 'normal',
  cancelled: 'shutdown',
  failed: 'abnormal',
};

/** Tells the supervisor of a job that it has settled. */
export function applyChildExit(
  state: KernelState,
  { id, outcome }: JobState,
  { supervisor, child }: SupervisedBy,
): void {
  const found = state.supervisors.get(supervisor);
  if (found === undefined || outcome === undefined) return;
  put(state, withExit(found, child, id, EXIT_OF[outcome.status]));
}

/** Applies an event to its supervisor. */
export function applySupervisorEvent(
  state: KernelState,
  event: SupervisorEvent,
  position: Position,
  time: Instant,
): void {
  if (event.type === 'supervisor.started') {
    applyStart(state, event, position, time);
    return;
  }
  const supervisor = state.supervisors.get(event.supervisor);
  if (supervisor === undefined) {
    const message = `event ${position} names a supervisor that was never started`;
    throw new KernelError('LogDamaged', message, { data: { position } });
  }
  if (event.type === 'supervisor.ended') applyEnd(state, supervisor, event, time);
  else put(state, next(supervisor, event, time));
}

function next(
  supervisor: SupervisorRecord,
  event: Exclude<SupervisorEvent, SupervisorStarted | SupervisorEnded>,
  time: Instant,
): SupervisorRecord {
  const { plan, mailbox } = supervisor;
  switch (event.type) {
    case 'supervisor.child-started': {
      const { child, job } = event;
      const started = job === undefined ? supervisor : withRun(supervisor, child, { job });
      const start = plan?.start.filter((id) => id !== child) ?? [];
      return withPlan(started, { stop: [], ...plan, start });
    }
    case 'supervisor.child-exited':
      return withoutRuns(supervisor, new Set([event.child]));
    case 'supervisor.restarting': {
      const { child, stop, start } = event;
      const restarts = [time, ...recentRestarts(supervisor, time)];
      return withStops({ ...withoutRuns(supervisor, new Set([child])), restarts }, { stop, start });
    }
    case 'supervisor.stopping':
      return { ...supervisor, mailbox: [...mailbox, { stop: true }] };
    case 'supervisor.terminating':
      return withStops({ ...supervisor, mailbox: [] }, { stop: event.stop, start: [], end: event.why });
    case 'supervisor.child-changed':
      return changed(supervisor, event.child, event.change);
  }
}

function changed(
  supervisor: SupervisorRecord,
  child: string,
  change: Extract<SupervisorEvent, { type: 'supervisor.child-changed' }>['change'],
): SupervisorRecord {
  const { children } = supervisor;
  switch (change.what) {
    case 'added': {
      const more = [...children, { spec: change.spec, starts: 0 }];
      return withPlan({ ...supervisor, children: more }, { stop: [], start: [child] });
    }
    case 'stopping':
      return withStops(supervisor, { stop: [child], start: [] });
    case 'starting':
      return withPlan(supervisor, { stop: [], start: [child] });
    case 'removed':
      return { ...supervisor, children: children.filter(({ spec }) => spec.id !== child) };
  }
}

function applyStart(
  state: KernelState,
  { supervisor: id, by, spec }: SupervisorStarted,
  position: Position,
  time: Instant,
): void {
  const { children, ...flags } = spec;
  const start = children.map((child) => child.id);
  const fresh: SupervisorRecord = {
    ...{ id, by, startedAt: time, position, ...flags, restarts: [], mailbox: [] },
    children: children.map((child) => ({ spec: child, starts: 0 })),
  };
  // One that gave up under this id was kept until now; the table is in the order of starts.
  state.supervisors.delete(id);
  put(state, withPlan(fresh, { stop: [], start }));
  const above = parentOf(id);
  const parent = above && state.supervisors.get(above.supervisor);
  if (parent !== undefined) put(state, withRun(parent, above?.child ?? '', {}));
}

/** A supervisor that gave up and has none above it stays to be seen; all others are gone. */
function applyEnd(
  state: KernelState,
  supervisor: SupervisorRecord,
  { why }: SupervisorEnded,
  at: Instant,
): void {
  const above = parentOf(supervisor.id);
  if (above === undefined && why === 'intensity') {
    const { plan: _, ...rest } = supervisor;
    put(state, { ...rest, ended: { why, at } });
    return;
  }
  state.supervisors.delete(supervisor.id);
  state.touch('supervisor', supervisor.id);
  const parent = above && state.supervisors.get(above.supervisor);
  if (parent !== undefined) put(state, withExit(parent, above?.child ?? '', undefined, 'shutdown'));
}

function put(state: KernelState, supervisor: SupervisorRecord | undefined): void {
  if (supervisor === undefined) return;
  state.supervisors.set(supervisor.id, supervisor);
  state.touch('supervisor', supervisor.id);
}
