import type { Figures } from '../bench-test.ts';
import type { Meter } from '../meter.ts';
import type { Client } from './peer.ts';

/** Starts the clock. Flushes are the peer's own count, else those of the whole disk. */
export function startReading(meter: Meter, n: number, client?: Client): () => Figures {
  const before = client?.written?.();
  const stop = meter.start(n);
  return () => {
    const { figures } = stop();
    const after = client?.written?.();
    const { device_flushes_per_op } = figures;
    if (before === undefined || after === undefined) {
      return {
        ...figures,
        ...(device_flushes_per_op !== undefined && { flushes_per_op: device_flushes_per_op }),
      };
    }
    return {
      ...figures,
      flushes_per_op: (after.flushes - before.flushes) / n,
      log_bytes_per_op: (after.bytes - before.bytes) / n,
    };
  };
}
