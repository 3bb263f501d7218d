import { KernelError } from '@tksm/abstractions';
import type { JobId, TaskKind } from '@tksm/abstractions';
import { defineKind } from '@tksm/core';

/** How a puppet is made to end by itself. */
export type PuppetEnd = 'normal' | 'abnormal';

interface Strings {
  readonly end: (how: PuppetEnd) => void;
  readonly isStubborn: boolean;
  readonly letGo: () => void;
}

/**
 * Jobs that run until they are made to end. One with the input `{ stubborn: true }` does not stop when it is told to, but
 * when it is let go.
 */
export class Puppets {
  readonly #strings = new Map<JobId, Strings>();

  readonly kind: TaskKind = defineKind<{ readonly stubborn?: boolean } | null, string>({
    name: 'puppet',
    run: (input, { job, signal }) =>
      new Promise((resolve, reject) => {
        const isStubborn = input?.stubborn === true;
        const letGo = (): void => {
          reject(signal.reason as Error);
        };
        this.#strings.set(job.id, {
          isStubborn,
          letGo,
          end: (how) => {
            if (how === 'normal') resolve('done');
            else reject(new KernelError('ProcessRejected', 'made to fail'));
          },
        });
        const hear = (): void => {
          if (!isStubborn) letGo();
        };
        if (signal.aborted) hear();
        else signal.addEventListener('abort', hear);
      }),
  }) as unknown as TaskKind;

  /** Ends the handler of a job. */
  end(job: JobId, how: PuppetEnd): void {
    this.#of(job).end(how);
  }

  /** Lets a stubborn one stop that was told to. */
  letGo(job: JobId): void {
    this.#of(job).letGo();
  }

  #of(job: JobId): Strings {
    const strings = this.#strings.get(job);
    if (strings === undefined) throw new Error(`no handler runs for job ${job}`);
    return strings;
  }
}
