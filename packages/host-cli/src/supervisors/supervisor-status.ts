import type { SupervisorRecord } from '@tksm/abstractions';
import type { Paint, Style } from '../terminal/style.ts';

export type SupervisorStatus = 'running' | 'changing' | 'stopping' | 'gave up';

/** How a supervisor is; `changing` while it stops or starts children. */
export function supervisorStatus({ ended, plan, mailbox }: SupervisorRecord): SupervisorStatus {
  if (ended !== undefined) return 'gave up';
  if (plan?.end !== undefined || mailbox.some((message) => 'stop' in message)) return 'stopping';
  return plan === undefined ? 'running' : 'changing';
}

export function supervisorPaint(supervisor: SupervisorRecord, style: Style): Paint {
  const status = supervisorStatus(supervisor);
  if (status === 'gave up') return style.red;
  return status === 'running' ? style.cyan : style.yellow;
}

/** Its restarts within the period, and how many it puts up with. */
export function restartsText({ restarts, intensity, periodMs }: SupervisorRecord, now: number): string {
  return `${restarts.filter((at) => at >= now - periodMs).length} of ${intensity}`;
}
