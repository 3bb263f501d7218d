import { jobId, noLogger } from '@tksm/abstractions';
import type { JobView, TaskContext } from '@tksm/abstractions';
import { createMemoryBlobStore } from './memory-blob-store.ts';

const JOB = jobId('0123456789abcdef0123456789abcdef');

const refuse = (): never => {
  throw new Error('not part of this test');
};

/**
 * A context for a handler that runs outside a kernel: what `parts` says, blobs in memory, time that stands still. Whatever
 * else the handler asks for fails.
 */
export function standInContext(parts: Partial<TaskContext> = {}): TaskContext {
  return {
    job: { id: JOB, epoch: 1 } as JobView,
    attempt: 1,
    signal: new AbortController().signal,
    log: noLogger,
    clock: { now: () => 0, monotonic: () => 0 },
    random: { next: refuse, id: refuse },
    blobs: createMemoryBlobStore(),
    secrets: [],
    vars: { get: refuse, set: refuse, delete: refuse },
    jobs: { get: refuse, children: refuse },
    inbox: { receive: refuse, tryReceive: refuse, send: refuse },
    lease: { epoch: 1, assign: refuse, onEnd: refuse, reject: refuse },
    heartbeat: refuse,
    progress: () => undefined,
    step: refuse,
    sleep: refuse,
    sleepUntil: refuse,
    waitFor: refuse,
    call: refuse,
    submit: refuse,
    emit: refuse,
    ...parts,
  };
}
