import { canonicalJson, deferredSchema, kindName, KernelError, toStored } from '@tksm/abstractions';
import type { StandardSchema, TaskContext, TaskKind, Value } from '@tksm/abstractions';

export interface AskInput {
  /** For whoever looks at the job. */
  readonly question: string;
  /** The only answers that are taken. Another one is passed over. Default: any. */
  readonly choices?: readonly Value[] | undefined;
  /** After so long nobody is waited for any more. */
  readonly timeoutMs?: number | undefined;
}

export interface AskOutput {
  readonly [key: string]: Value;
  readonly answer: Value;
  /** Who gave it, as they called themselves. */
  readonly from: string;
}

/** Topic of the message that is an answer. */
const ANSWER = 'answer';
/** Answers that are no choice, and are passed over before the job gives up. */
const MAX_PASSED_OVER = 1_000;

const askInput: StandardSchema<unknown, AskInput> = deferredSchema('tksm', async () => {
  const { z } = await import('zod');
  return z.strictObject({
    question: z.string().min(1).max(2_000),
    choices: z
      .array(z.custom<Value>(() => true))
      .min(1)
      .max(100)
      .optional(),
    timeoutMs: z.int().positive().optional(),
  });
});

/**
 * The kind `ask`: a job that waits for a person, without holding a slot. The answer is a message of the topic `answer`
 * (`tksm job answer`), and its output. When nobody answers in time it fails with `DeadlineExceeded`.
 */
export function askKind(): TaskKind<AskInput, AskOutput> {
  return Object.freeze({
    class: 'task' as const,
    name: kindName('ask'),
    summary: 'Asks a person, and waits for the answer',
    input: askInput,
    async run({ question, choices, timeoutMs }: AskInput, context: TaskContext): Promise<AskOutput> {
      const allowed = choices?.map(textOf);
      const until = timeoutMs && (await context.step('until', () => context.clock.now() + timeoutMs));
      for (let passed = 0; passed < MAX_PASSED_OVER; passed++) {
        const left = until === undefined ? {} : { timeoutMs: Math.max(0, until - context.clock.now()) };
        const message = await context.waitFor({ topic: ANSWER }, left);
        if (message === undefined) break;
        const { body, from } = message;
        if (allowed?.includes(textOf(body)) ?? true) return { answer: body, from };
        context.log.log('info', 'an answer was none of the choices', { from });
      }
      throw new KernelError('DeadlineExceeded', `nobody answered: ${question}`);
    },
  });
}

/** The same for values that are equal. */
function textOf(value: Value): string {
  return canonicalJson(toStored(value));
}
