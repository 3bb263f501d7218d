import { isKernelError } from '@tksm/abstractions';
import type { Kernel } from '@tksm/abstractions';
import type { Auditor } from '../audit/auditor.ts';
import { mustHold } from '../audit/violation.ts';
import type { Verdict } from './verdict.ts';

/** Follows a kernel's events from a position on: without gap or double, none before it is durable, each as it was logged. */
export async function subscribe(
  kernel: Kernel,
  from: number,
  auditor: Auditor,
  verdict: Verdict,
): Promise<void> {
  let next = from;
  try {
    for await (const { position, event } of kernel.events({ from })) {
      if (verdict.isOver) return;
      verdict.check(() => {
        mustHold('published-in-order', position === next, `event ${position} is published after ${next - 1}`);
        const isDurable = position < auditor.head.position;
        mustHold('durable-before-publish', isDurable, `event ${position} is published too early`);
        const logged = auditor.typeAt(position);
        mustHold(
          'published-as-logged',
          event.type === logged,
          `${event.type} at ${position} is ${logged ?? ''}`,
        );
      });
      next = position + 1;
    }
  } catch (error) {
    // A log that cannot be read ends a subscription, and says so.
    verdict.check(() => {
      if (!isKernelError(error)) throw error;
    });
  }
}
