import type {
  AgentEvent,
  BreakerEvent,
  CommandId,
  Hash,
  Instant,
  KernelEvent,
  LadderMoved,
  Position,
  ScheduleEvent,
  StoredValue,
  SupervisorEvent,
  WorldRewritten,
} from '@tksm/abstractions';
import { applyAgentEvent } from './apply-agent.ts';
import { applyBreakerEvent } from './apply-breaker.ts';
import { applyCapabilityEvent, countUse } from './apply-capability.ts';
import type { AppliedCapabilityEvent } from './apply-capability.ts';
import { applyMessage } from './apply-inbox.ts';
import { nameJob } from './apply-flow.ts';
import { applyJobEvent } from './apply-job.ts';
import type { AppliedJobEvent } from './apply-job.ts';
import { applyLadderEvent } from './apply-ladder.ts';
import { applyRecall, applyRetirement } from './apply-retention.ts';
import { applyScheduleEvent } from './apply-schedule.ts';
import { applySupervisorEvent } from './apply-supervision.ts';
import type { KernelState } from './kernel-state.ts';

/**
 * The one function that changes state. Total over the closed set of events, deterministic, and blind to clock, chance
 * and environment: state is a fold of `apply` over the log.
 */
export function apply(state: KernelState, event: KernelEvent, position: Position, time: Instant): void {
  switch (event.type) {
    case 'zone.created':
      state.zone = event.zone;
      state.eventLeaves = event.eventLeaves === true;
      break;
    case 'sequencer.claimed':
      state.epoch = event.epoch;
      state.incarnation = event.incarnation;
      break;
    case 'world.rewritten':
      applyRewrite(state, event, position, time);
      break;
    case 'command.settled':
      answer(state, event.cmd, { position, time }, event.output, event.request);
      break;
    case 'job.deduplicated':
      nameJob(state, event.cmd, { position, time, job: event.job });
      break;
    case 'records.retired':
      applyRetirement(state, event, position);
      break;
    case 'job.recalled':
      applyRecall(state, event.record);
      break;
    case 'message.sent':
      applyMessage(state, event, position, time);
      break;
    case 'capability.denied':
    case 'command.refused':
    case 'driver.called':
    case 'fact.emitted':
    case 'job.result-rejected':
      break;
    default:
      applyFamily(state, event, position, time);
  }
  if (state.capabilities.size > 0) countUse(state, event, time);
  state.position = position + 1;
  state.time = time;
}

type FamilyEvent =
  | AgentEvent
  | AppliedJobEvent
  | AppliedCapabilityEvent
  | BreakerEvent
  | LadderMoved
  | ScheduleEvent
  | SupervisorEvent;

/** Events of one family change one part of the state. */
function applyFamily(state: KernelState, event: FamilyEvent, position: Position, time: Instant): void {
  switch (event.type) {
    case 'schedule.set':
    case 'schedule.ticked':
    case 'schedule.held':
    case 'schedule.paused':
    case 'schedule.resumed':
    case 'schedule.removed':
    case 'schedule.backfilled':
      applyScheduleEvent(state, event, position, time);
      break;
    case 'ladder.moved':
      applyLadderEvent(state, event, time);
      break;
    case 'capability.derived':
    case 'capability.revoked':
    case 'capability.expired':
    case 'token.revoked':
      applyCapabilityEvent(state, event, position, time);
      break;
    case 'agent.spawned':
    case 'agent.task-scheduled':
    case 'agent.observed':
    case 'agent.subscribed':
    case 'agent.unsubscribed':
    case 'agent.received':
    case 'agent.stopped':
      applyAgentEvent(state, event, position, time);
      break;
    case 'breaker.opened':
    case 'breaker.half-opened':
    case 'breaker.closed':
      applyBreakerEvent(state, event, time);
      break;
    case 'supervisor.started':
    case 'supervisor.child-started':
    case 'supervisor.child-exited':
    case 'supervisor.restarting':
    case 'supervisor.stopping':
    case 'supervisor.terminating':
    case 'supervisor.ended':
    case 'supervisor.child-changed':
      applySupervisorEvent(state, event, position, time);
      break;
    default:
      applyJobEvent(state, event, position, time);
  }
}

function answer(
  state: KernelState,
  cmd: CommandId,
  place: { readonly position: Position; readonly time: Instant },
  output: StoredValue,
  request: Hash | undefined,
): void {
  state.commands.set(cmd, request === undefined ? { ...place, output } : { ...place, output, request });
  state.touch('command', cmd);
}

function applyRewrite(
  state: KernelState,
  { rewrite, cmd, output = null, request }: WorldRewritten,
  position: Position,
  time: Instant,
): void {
  state.world.apply(rewrite, position);
  if (state.tree !== undefined) {
    for (const [key] of rewrite.puts ?? []) state.touch('world', key);
    for (const key of rewrite.deletes ?? []) state.touch('world', key);
  }
  if (cmd !== undefined) answer(state, cmd, { position, time }, output, request);
}
