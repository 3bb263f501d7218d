import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { AnyKind, BootTask, JobId, Kernel } from '@tksm/abstractions';
import { defineKind } from '@tksm/core';
import { noopInput } from '../../bench-kernel.ts';
import type { NoopInput } from '../../bench-kernel.ts';
import type { Client, Peer, Work } from '../peer.ts';

/** Jobs of one call: the kernel itself cuts them into frames. */
const BULK = 50_000;
const UNFINISHED = ['queued', 'blocked', 'delayed', 'running', 'waiting', 'held'] as const;
const HOST = path.join(import.meta.dirname, '../../../../../packages/host-embedded/dist/index.js');

/** What is used of the package. It is loaded as a rival is: tools are below hosts. */
interface EmbeddedHost {
  createKernel(options: {
    readonly data: string;
    readonly kinds: readonly AnyKind[];
    readonly concurrency: number;
    readonly bootTasks?: readonly BootTask[];
  }): Promise<Kernel>;
}

/** Our kernel as the README opens it, on a folder: log, index, retention and snapshots; nothing is left out. */
export const tksm: Peer = {
  tellsCompletion: true,

  async client({ dir }) {
    const { createKernel } = await loadHost();
    const kinds = [noopKind(() => undefined)];
    return clientOf(await createKernel({ data: dir, kinds, concurrency: 0 }));
  },

  async worker({ dir }, work) {
    const { createKernel } = await loadHost();
    const { concurrency } = work;
    const queued: { id: JobId; i: number }[] = [];
    // The last thing of the boot, before any lease is given.
    const starting: BootTask = {
      ...{ phase: 'services', name: 'bench' },
      async run({ kernel }) {
        if (work.completed !== undefined) {
          await kernel.read(({ jobs }) => {
            for (const { id, spec } of jobs.list({ kind: 'noop', status: 'queued' })) {
              queued.push({ id, i: (spec.input as unknown as NoopInput).i });
            }
          });
        }
        work.starting?.();
      },
    };
    const kinds = [noopKind(work.run)];
    const kernel = await createKernel({ data: dir, kinds, concurrency, bootTasks: [starting] });
    for (const { id, i } of queued) tellCompletion(kernel, work, id, i);
    return clientOf(kernel, work);
  },
};

async function loadHost(): Promise<EmbeddedHost> {
  return (await import(pathToFileURL(HOST).href)) as EmbeddedHost;
}

function noopKind(run: Work['run']): AnyKind {
  return defineKind<NoopInput>({ name: 'noop', run: ({ i }) => run(i) });
}

function tellCompletion(kernel: Kernel, work: Work, job: JobId, i: number): void {
  kernel.outcome(job).then(
    () => work.completed?.(i),
    // The kernel has stopped: it was not completed.
    () => undefined,
  );
}

function clientOf(kernel: Kernel, work?: Work): Client {
  const { operator } = kernel;
  return {
    async enqueue(i, origin) {
      const from = origin === undefined ? {} : { origin };
      const { job } = await kernel.enqueue({ kind: 'noop', input: noopInput(i), ...from }, operator);
      if (work?.completed !== undefined) tellCompletion(kernel, work, job, i);
    },
    async enqueueMany(first, count, origin) {
      const from = origin === undefined ? {} : { origin };
      for (let done = 0; done < count; done += BULK) {
        const size = Math.min(BULK, count - done);
        await kernel.enqueueAll(
          Array.from({ length: size }, (_, k) => ({
            kind: 'noop',
            input: noopInput(first + done + k),
            ...from,
          })),
          operator,
        );
      }
    },
    async unfinished() {
      return kernel.read(({ jobs }) => [...jobs.list({ kind: 'noop', status: UNFINISHED })].length);
    },
    written: () => kernel.log.statistics,
    close: () => kernel.stop(),
  };
}
