import type { JobStatus } from '@tksm/abstractions';
import type { Paint, Style } from '../terminal/style.ts';

/** The colour of a status: the same everywhere. */
export function statusPaint(status: JobStatus, style: Style): Paint {
  switch (status) {
    case 'succeeded':
      return style.green;
    case 'failed':
      return style.red;
    case 'running':
      return style.cyan;
    case 'held':
      return style.magenta;
    case 'cancelled':
    case 'delayed':
      return style.yellow;
    case 'queued':
    case 'blocked':
    case 'waiting':
      return style.dim;
  }
}
