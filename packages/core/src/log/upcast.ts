import { KernelError } from '@tksm/abstractions';
import type { EventType, KernelEvent, Position } from '@tksm/abstractions';

/** An event as it was stored, of any version. */
interface StoredEvent {
  readonly type: string;
  readonly v: number;
}

/** Brings an event to the next version. Pure: the log it comes from never changes, and neither may what it gives. */
type UpcastStep = (event: StoredEvent) => StoredEvent;

/** What is known of an event type: the version that this release writes and applies, and the way there from older ones. */
export interface EventVersions {
  readonly current: number;
  /** By the version that the step begins with. One for each version that a release ever wrote. */
  readonly steps?: Readonly<Record<number, UpcastStep>>;
}

/** Brings a stored event to its current version. @throws KernelError `FormatTooNew`, `LogDamaged` */
export type Upcast = (
  event: { readonly type?: unknown; readonly v?: unknown },
  position: Position,
) => KernelEvent;

const FIRST: EventVersions = { current: 1 };

/** Every event type. */
export const VERSIONS: Readonly<Record<EventType, EventVersions>> = {
  'zone.created': FIRST,
  'sequencer.claimed': FIRST,
  'job.submitted': FIRST,
  'job.debounced': FIRST,
  'job.deduplicated': FIRST,
  'job.leased': FIRST,
  'job.assigned': FIRST,
  'job.stepped': FIRST,
  'job.progressed': FIRST,
  'job.suspended': FIRST,
  'job.returned': FIRST,
  'job.succeeded': FIRST,
  'job.attempt-failed': FIRST,
  'job.failed': FIRST,
  'job.interrupted': FIRST,
  'job.cancelling': FIRST,
  'job.cancelled': FIRST,
  'job.held': FIRST,
  'job.released': FIRST,
  'job.resumed': FIRST,
  'job.result-rejected': FIRST,
  'job.recalled': FIRST,
  'message.sent': FIRST,
  'world.rewritten': FIRST,
  'fact.emitted': FIRST,
  'command.settled': FIRST,
  'command.refused': FIRST,
  'records.retired': FIRST,
  'schedule.set': FIRST,
  'schedule.ticked': FIRST,
  'schedule.held': FIRST,
  'schedule.paused': FIRST,
  'schedule.resumed': FIRST,
  'schedule.removed': FIRST,
  'schedule.backfilled': FIRST,
  'breaker.opened': FIRST,
  'breaker.half-opened': FIRST,
  'breaker.closed': FIRST,
  'supervisor.started': FIRST,
  'supervisor.child-started': FIRST,
  'supervisor.child-exited': FIRST,
  'supervisor.restarting': FIRST,
  'supervisor.stopping': FIRST,
  'supervisor.terminating': FIRST,
  'supervisor.ended': FIRST,
  'supervisor.child-changed': FIRST,
  'ladder.moved': FIRST,
  'capability.derived': FIRST,
  'capability.revoked': FIRST,
  'capability.denied': FIRST,
  'driver.called': FIRST,
  'capability.expired': FIRST,
  'token.revoked': FIRST,
  'agent.spawned': FIRST,
  'agent.task-scheduled': FIRST,
  'agent.observed': FIRST,
  'agent.subscribed': FIRST,
  'agent.unsubscribed': FIRST,
  'agent.received': FIRST,
  'agent.stopped': FIRST,
};

/** An upcast over versions. An event that is behind goes through the steps, one version at a time. */
export function upcastOver(versions: Readonly<Record<string, EventVersions>>): Upcast {
  const known = new Map(Object.entries(versions));
  return (event, position) => {
    const { type, v } = event;
    const of = typeof type === 'string' ? known.get(type) : undefined;
    if (of !== undefined && of.current === v) return event as KernelEvent;
    if (typeof type !== 'string' || typeof v !== 'number' || !Number.isSafeInteger(v)) {
      throw damaged(position, 'has no type or version');
    }
    if (of === undefined ? v > 0 : v > of.current) {
      const message = `event ${position} is ${type} version ${v}, which this release does not know`;
      throw new KernelError('FormatTooNew', message, { data: { position, type, version: v } });
    }
    let stored: StoredEvent = { ...event, type, v };
    while (stored.v !== of?.current) {
      const step = of?.steps?.[stored.v];
      if (step === undefined) throw damaged(position, `is ${type} version ${v}, which no release wrote`);
      stored = { ...step(stored), v: stored.v + 1 };
    }
    return stored as KernelEvent;
  };
}

export const upcast: Upcast = upcastOver(VERSIONS);

function damaged(position: Position, what: string): KernelError {
  return new KernelError('LogDamaged', `event ${position} ${what}`, { data: { position } });
}
