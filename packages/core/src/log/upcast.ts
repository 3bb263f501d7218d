import { KernelError } from '@tksm/abstractions';
import type { KernelEvent, Position } from '@tksm/abstractions';

/** The newest version of each event type that this release writes and applies. */
const CURRENT: Readonly<Record<KernelEvent['type'], number>> = {
  'zone.created': 1,
  'sequencer.claimed': 1,
  'job.submitted': 1,
  'job.deduplicated': 1,
  'job.leased': 1,
  'job.stepped': 1,
  'job.progressed': 1,
  'job.returned': 1,
  'job.succeeded': 1,
  'job.attempt-failed': 1,
  'job.failed': 1,
  'job.interrupted': 1,
  'job.cancelling': 1,
  'job.cancelled': 1,
  'job.held': 1,
  'job.released': 1,
  'job.result-rejected': 1,
  'job.recalled': 1,
  'world.rewritten': 1,
  'fact.emitted': 1,
  'command.settled': 1,
  'records.retired': 1,
};

/**
 * Brings a stored event to its current version. Every type is at its first version yet, so this only refuses what a
 * later release wrote.
 *
 * @throws KernelError `FormatTooNew`, `LogDamaged`
 */
export function upcast(
  event: { readonly type?: unknown; readonly v?: unknown },
  position: Position,
): KernelEvent {
  const { type, v } = event;
  if (typeof type !== 'string' || typeof v !== 'number' || !Number.isSafeInteger(v) || v < 1) {
    throw new KernelError('LogDamaged', `event ${position} has no type or version`, { data: { position } });
  }
  const current = Object.hasOwn(CURRENT, type) ? CURRENT[type as KernelEvent['type']] : undefined;
  if (current === undefined || v > current) {
    const message = `event ${position} is ${type} version ${v}, which this release does not know`;
    throw new KernelError('FormatTooNew', message, { data: { position, type, version: v } });
  }
  return event as KernelEvent;
}
