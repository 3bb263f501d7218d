import type { AgentId, ChildSpec, KernelEvent } from '@tksm/abstractions';

const NONE: readonly AgentId[] = [];

/** The lanes that jobs will run in which an event sets up: of a schedule, and of a supervisor's children. */
export function lanesIn(event: KernelEvent): readonly AgentId[] {
  switch (event.type) {
    case 'schedule.set':
      return laneOf(event.spec.job['agent']);
    case 'supervisor.started':
      return event.spec.children.flatMap(lanesOf);
    case 'supervisor.child-changed':
      return event.change.what === 'added' ? lanesOf(event.change.spec) : NONE;
    default:
      return NONE;
  }
}

function lanesOf(child: ChildSpec): readonly AgentId[] {
  return 'job' in child ? laneOf(child.job.agent) : child.supervisor.children.flatMap(lanesOf);
}

function laneOf(agent: unknown): readonly AgentId[] {
  return typeof agent === 'string' ? [agent as AgentId] : NONE;
}
