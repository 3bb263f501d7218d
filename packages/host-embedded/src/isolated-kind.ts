import type { TaskKind, Value } from '@tksm/abstractions';
import { systemClock, systemTimers } from '@tksm/drivers-system';
import { isolatedKind as isolatedKindOver } from '@tksm/extensions-isolates';
import type { IsolatedDefinition } from '@tksm/extensions-isolates';

/**
 * Defines a task whose handler runs in a thread or a process of its own: one that blocks is killed, one that crashes takes
 * nothing with it. The isolates stay warm between jobs and end with the kernel.
 *
 * @throws KernelError `InvalidInput` for a bad name, `InvalidSpec` for a module that is not there or a bad bound
 */
export function isolatedKind<Input = unknown, Output extends Value | undefined = Value | undefined>(
  definition: IsolatedDefinition<Input, Output>,
): TaskKind<Input, Output> {
  return isolatedKindOver(definition, {
    clock: systemClock,
    timers: systemTimers,
    environment: process.env,
  });
}
