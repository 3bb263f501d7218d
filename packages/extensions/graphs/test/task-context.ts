import { isKernelError, jobId, noLogger, toStored } from '@tksm/abstractions';
import type { BlobStore, Command, JobId, JobView, Progress, TaskContext, Value } from '@tksm/abstractions';
import { createMemoryBlobStore } from '@tksm/drivers-memory';

const JOB = jobId('0123456789abcdef0123456789abcdef');

const refuse = (): never => {
  throw new Error('not part of this test');
};

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
    return {
      job: { id: JOB } as JobView,
      attempt: 1,
      signal: new AbortController().signal,
      log: noLogger,
      clock: { now: () => 0, monotonic: () => 0 },
      random: { next: refuse, id: refuse },
      blobs: this.blobs,
      secrets: [],
      vars: { get: refuse, set: refuse, delete: refuse },
      jobs: { get: refuse, children: refuse },
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
      lease: { epoch: 1, assign: refuse, reject: refuse },
      heartbeat: refuse,
      sleep: refuse,
      submit,
      emit: refuse,
    };
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
