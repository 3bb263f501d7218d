import { KernelError } from '@tksm/abstractions';
import type {
  ChildRecord,
  ExitReason,
  Instant,
  JobChild,
  KernelEvent,
  SupervisorEnd,
  SupervisorPlan,
  SupervisorRecord,
} from '@tksm/abstractions';
import { deriveJobId } from '../jobs/derive-id.ts';
import { cancelFamily } from '../jobs/cancel-family.ts';
import type { Families } from '../scheduler/families.ts';
import type { KernelState } from '../state/kernel-state.ts';
import { childOf, pathOf, recentRestarts, runningReversed } from './supervisor-record.ts';

/** What a supervisor looks at. */
export interface SupervisionScope {
  readonly state: KernelState;
  readonly families: Families;
  readonly now: Instant;
}

/**
 * The next thing that a supervisor does, by the rules of OTP's: what it has under way first, stops before starts, one
 * child after the other; then what it was told, in order. Nothing when it has to wait, or is done. Source: OTP 25,
 * stdlib, supervisor.
 */
export function decideSupervision(id: string, scope: SupervisionScope): readonly KernelEvent[] {
  const supervisor = scope.state.supervisors.get(id);
  if (supervisor === undefined) return [];
  const { plan, mailbox, by } = supervisor;
  // Whatever it started would fail at once, and be started again: it gives up instead, whatever it has under way.
  const isEnding = plan?.end !== undefined;
  if (!isEnding && !scope.state.capabilities.isLive(by, scope.now))
    return [terminating(supervisor, 'stopped')];
  if (plan !== undefined) return goOn(supervisor, plan, scope);
  const [message] = mailbox;
  if (message === undefined) return [];
  if ('stop' in message) return [terminating(supervisor, 'stopped')];
  return takeNote(supervisor, known(supervisor, message.exit), scope.now);
}

function goOn(
  supervisor: SupervisorRecord,
  plan: SupervisorPlan,
  scope: SupervisionScope,
): readonly KernelEvent[] {
  const [stopped] = plan.stop;
  if (stopped !== undefined) return stop(supervisor, known(supervisor, stopped), scope);
  const [started] = plan.start;
  if (started !== undefined) return start(supervisor, known(supervisor, started), scope);
  if (plan.end === undefined) return [];
  return [{ type: 'supervisor.ended', v: 1, supervisor: supervisor.id, why: plan.end }];
}

/** Tells a child to stop, once; of a large family one part, after which the agenda has it go on. */
function stop(
  { id, by }: SupervisorRecord,
  { spec, run }: ChildRecord,
  { state, families }: SupervisionScope,
): readonly KernelEvent[] {
  if ('supervisor' in spec) {
    const path = pathOf(id, spec.id);
    const nested = state.supervisors.get(path);
    const isTold = nested?.plan?.end !== undefined || nested?.mailbox.some((message) => 'stop' in message);
    return isTold === true ? [] : [{ type: 'supervisor.stopping', v: 1, supervisor: path, by }];
  }
  const job = run?.job === undefined ? undefined : state.jobs.get(run.job);
  if (job === undefined || job.cancelling !== undefined) return [];
  return cancelFamily(job, `supervisor ${id} stops it`, by, { state, families }).events;
}

/** Starts a child: a job at once; a supervisor is started when its children are. */
function start(
  supervisor: SupervisorRecord,
  child: ChildRecord,
  { state }: SupervisionScope,
): readonly KernelEvent[] {
  const { id, by } = supervisor;
  const { spec } = child;
  if (!('supervisor' in spec)) return startJob(supervisor, spec, state);
  const path = pathOf(id, spec.id);
  if (child.run === undefined)
    return [{ type: 'supervisor.started', v: 1, supervisor: path, by, spec: spec.supervisor }];
  if (state.supervisors.get(path)?.plan !== undefined) return [];
  return [{ type: 'supervisor.child-started', v: 1, supervisor: id, child: spec.id }];
}

function startJob(
  { id, by }: SupervisorRecord,
  spec: JobChild,
  { zone, position }: KernelState,
): readonly KernelEvent[] {
  // No command id has a line break in it, and no two jobs begin at one position: a child may come anew under its old id.
  const job = deriveJobId(zone, `supervisor\n${position}`);
  const { shutdownMs } = spec;
  const supervision = { supervisor: id, child: spec.id, ...(shutdownMs !== undefined && { shutdownMs }) };
  return [
    { type: 'job.submitted', v: 1, job, by, spec: { ...spec.job, supervision } },
    { type: 'supervisor.child-started', v: 1, supervisor: id, child: spec.id, job },
  ];
}

/** What follows from the end of a child. */
function takeNote(supervisor: SupervisorRecord, child: ChildRecord, now: Instant): readonly KernelEvent[] {
  const { spec, run } = child;
  const reason = run?.exited ?? 'abnormal';
  if (isRestarted(spec.restart, reason)) {
    if (recentRestarts(supervisor, now).length < supervisor.intensity)
      return [restarting(supervisor, child, reason)];
    return [exited(supervisor, child, reason), terminating(supervisor, 'intensity', child)];
  }
  const events = [exited(supervisor, child, reason)];
  return endsWith(supervisor, child) ? [...events, terminating(supervisor, 'auto-shutdown', child)] : events;
}

function isRestarted(restart: ChildRecord['spec']['restart'], reason: ExitReason): boolean {
  return restart === 'permanent' || (restart === 'transient' && reason === 'abnormal');
}

function restarting(supervisor: SupervisorRecord, child: ChildRecord, reason: ExitReason): KernelEvent {
  const { strategy, children, id } = supervisor;
  const from = strategy === 'one-for-all' ? 0 : children.indexOf(child);
  const affected = strategy === 'one-for-one' ? [child] : children.slice(from);
  return {
    ...{ type: 'supervisor.restarting', v: 1, supervisor: id, child: child.spec.id, reason },
    stop: runningReversed(affected.filter((other) => other !== child)),
    start: affected.filter(({ spec }) => spec.restart !== 'temporary').map(({ spec }) => spec.id),
  };
}

function exited({ id }: SupervisorRecord, { spec }: ChildRecord, reason: ExitReason): KernelEvent {
  return { type: 'supervisor.child-exited', v: 1, supervisor: id, child: spec.id, reason };
}

/** Whether the end of a child is that of its supervisor. */
function endsWith({ autoShutdown, children }: SupervisorRecord, child: ChildRecord): boolean {
  if (autoShutdown === 'never' || child.spec.significant !== true) return false;
  const isLeft = (other: ChildRecord): boolean =>
    other !== child && other.spec.significant === true && other.run !== undefined;
  return autoShutdown === 'any-significant' || !children.some(isLeft);
}

function terminating(supervisor: SupervisorRecord, why: SupervisorEnd, without?: ChildRecord): KernelEvent {
  const { id, children } = supervisor;
  const stop = runningReversed(children.filter((child) => child !== without));
  return { type: 'supervisor.terminating', v: 1, supervisor: id, why, stop };
}

function known(supervisor: SupervisorRecord, id: string): ChildRecord {
  const child = childOf(supervisor, id);
  if (child !== undefined) return child;
  throw new KernelError('Internal', `supervisor ${supervisor.id} has no child ${id}`);
}
