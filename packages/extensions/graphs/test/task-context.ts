import { isKernelError, jobId, toStored } from '@tksm/abstractions';
import type { BlobStore, Command, JobId, Progress, TaskContext, Value } from '@tksm/abstractions';
import { createMemoryBlobStore, standInContext } from '@tksm/drivers-memory';

const JOB = jobId('0123456789abcdef0123456789abcdef');

/** The life of one job over its attempts: what was recorded, and where the next attempt crashes. */
export class RecordedJob {
  readonly blobs: BlobStore = createMemoryBlobStore();
  readonly children: Command[] = [];
  readonly steps: { readonly name: string; readonly output: Value }[] = [];
  readonly progress: Progress[] = [];
  /** The attempt crashes before the step of this number is recorded. */
  crashAt: number | undefined;

  /** The context of a new attempt. Children count once their step is recorded, as in the kernel. */
  attempt(): TaskContext {
    let step = 0;
    let pending: Command[] = [];
    const submit = (command: Command): JobId => {
      toStored(command.input);
      pending.push(command);
      return JOB;
    };
    return standInContext({
      blobs: this.blobs,
      progress: (progress) => this.progress.push(progress),
      step: async <T extends Value>(name: string, work: () => T | Promise<T>): Promise<T> => {
        const recorded = this.steps[step++];
        if (recorded !== undefined) {
          if (recorded.name !== name) throw new Error(`came to ${name} where ${recorded.name} was recorded`);
          return recorded.output as T;
        }
        const output = await work();
        if (step - 1 === this.crashAt) throw new Error('crashed');
        this.steps.push({ name, output });
        this.children.push(...pending);
        pending = [];
        return output;
      },
      submit,
    });
  }
}

/** The code of what a call fails with, or undefined. */
export async function codeOf(call: Promise<unknown>): Promise<string | undefined> {
  try {
    await call;
    return undefined;
  } catch (error) {
    if (isKernelError(error)) return error.code;
    throw error;
  }
}
