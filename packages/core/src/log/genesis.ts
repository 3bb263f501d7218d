import { KernelError } from '@tksm/abstractions';
import type { Frame, ZoneCreated } from '@tksm/abstractions';
import { decodeFrame } from './replay.ts';

/** The event that a log begins with. @throws KernelError `LogDamaged` when its first frame is another one, `FormatTooNew` */
export function genesisOf(frame: Frame): ZoneCreated {
  const [first] = frame.position === 0 ? decodeFrame(frame) : [];
  if (first?.type === 'zone.created') return first;
  throw new KernelError('LogDamaged', 'the log does not begin with its zone', {
    data: { position: frame.position },
  });
}
