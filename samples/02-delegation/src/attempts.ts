import { isKernelError, jobId } from '@tksm/abstractions';
import type { Kernel, SerializedError, Value } from '@tksm/abstractions';
import { spawn } from './agents.ts';
import type { Agent, Wish } from './agents.ts';

/** Something that an agent tries. */
export interface Attempt {
  readonly who: string;
  readonly what: string;
  /** How it has to come out: `done`, or the code that it is refused with. */
  readonly expected: string;
  run(): Promise<Value>;
}

/** How an attempt came out. */
export interface Verdict {
  readonly code: string;
  /** What came of it, or the right that was missing. */
  readonly text: string;
}

/** Has an agent call a driver, as a task in its lane: the one who says so needs no right to the call, and gives none. */
export function call(kernel: Kernel, by: Agent, agent: Agent, input: object): () => Promise<Value> {
  return async () => {
    const command = { agent: agent.id, kind: 'driver.call', input, retry: { maxAttempts: 1 } };
    const { output } = await kernel.perform({ kind: 'agent.schedule-task', input: command }, by.handle);
    const outcome = await kernel.outcome(jobId((output as { readonly job: string }).job));
    if (outcome.status !== 'succeeded') throw new Refused(outcome.error);
    return outcome.output as Value;
  };
}

/** Spawns an agent below another one. */
export function hire(kernel: Kernel, wish: Wish, parent: Agent): () => Promise<Value> {
  return async () => (await spawn(kernel, wish, parent)).id;
}

export async function verdictOf(attempt: Attempt): Promise<Verdict> {
  try {
    const output = await attempt.run();
    const { text = output } = (output ?? {}) as { readonly text?: Value };
    return { code: 'done', text: String(text).trim() };
  } catch (error) {
    const { code, message, data } = refusalOf(error);
    return { code, text: String((data as { readonly right?: string } | undefined)?.right ?? message) };
  }
}

/** A job that was taken, and failed. */
class Refused extends Error {
  readonly error: SerializedError;

  constructor(error: SerializedError) {
    super(error.message);
    this.error = error;
  }
}

function refusalOf(error: unknown): Pick<SerializedError, 'code' | 'message' | 'data'> {
  if (error instanceof Refused) return error.error;
  if (isKernelError(error)) return error;
  throw error;
}
