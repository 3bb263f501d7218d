import type { Instant, KernelEvent, Position } from '@tksm/abstractions';
import { applyJobEvent } from './apply-job.ts';
import type { KernelState } from './kernel-state.ts';

/**
 * The one function that changes state. Total over the closed set of events, deterministic, and blind to clock, chance
 * and environment: state is a fold of `apply` over the log.
 */
export function apply(state: KernelState, event: KernelEvent, position: Position, time: Instant): void {
  switch (event.type) {
    case 'zone.created':
      state.zone = event.zone;
      break;
    case 'sequencer.claimed':
      state.epoch = event.epoch;
      state.incarnation = event.incarnation;
      break;
    case 'world.rewritten':
      state.world.apply(event.rewrite, position);
      if (event.cmd !== undefined) state.commands.set(event.cmd, { position, output: event.output ?? null });
      break;
    case 'command.settled':
      state.commands.set(event.cmd, { position, output: event.output });
      break;
    case 'job.deduplicated':
      state.commands.set(event.cmd, { position, job: event.job });
      break;
    case 'fact.emitted':
    case 'job.result-rejected':
      break;
    default:
      applyJobEvent(state, event, position, time);
  }
  state.position = position + 1;
  state.time = time;
}
