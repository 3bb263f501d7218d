import { deferredSchema, kindName } from '@tksm/abstractions';
import type { Instant, StandardSchema, TaskContext, TaskKind } from '@tksm/abstractions';

/** For how long, or until when; one of the two. */
export type SleepInput =
  { readonly ms: number; readonly until?: undefined } | { readonly until: Instant; readonly ms?: undefined };

const sleepInput: StandardSchema<unknown, SleepInput> = deferredSchema('tksm', async () => {
  const { z } = await import('zod');
  const moment = z.int().nonnegative();
  return z
    .strictObject({ ms: moment.optional(), until: moment.optional() })
    .refine(({ ms, until }) => (ms === undefined) !== (until === undefined), 'name either ms or until')
    .transform((input) => input as SleepInput);
});

/** The kind `sleep`: a job that waits without holding a slot, and then succeeds. */
export function sleepKind(): TaskKind<SleepInput> {
  return Object.freeze({
    class: 'task' as const,
    name: kindName('sleep'),
    summary: 'Waits for a time, or until a moment',
    input: sleepInput,
    async run({ ms, until }: SleepInput, context: TaskContext): Promise<undefined> {
      await (until === undefined ? context.sleep(ms) : context.sleepUntil(until));
      return undefined;
    },
  });
}
