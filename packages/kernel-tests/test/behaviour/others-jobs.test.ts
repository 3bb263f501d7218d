import { isKernelError } from '@tksm/abstractions';
import type { CapabilityHandle, Command, JobId } from '@tksm/abstractions';
import { defineKind } from '@tksm/core';
import { codeOf, echo, nap, withKernel } from '@tksm/kernel-tests';
import type { TestKernel } from '@tksm/testing';
import { describe, expect, it } from 'vitest';

const NOBODY = '0'.repeat(32) as JobId;
const kinds = [echo, nap];

/** What a refusal tells, without the id that was asked for. */
async function told(asked: () => unknown, job: JobId): Promise<unknown> {
  try {
    await asked();
    return 'resolved';
  } catch (error) {
    return isKernelError(error)
      ? JSON.stringify([error.code, error.message, error.data]).replaceAll(job, 'ID')
      : error;
  }
}

async function strangers(test: TestKernel) {
  const { kernel } = test;
  const { job } = await kernel.enqueue({ kind: nap, input: { ms: 60_000 } }, kernel.operator);
  const guest = await kernel.derive({ rights: ['job.submit:echo'] }, kernel.operator);
  return { kernel, job, guest };
}

describe('of the jobs of others', () => {
  it(
    'a refusal tells neither the kind nor whether there is such a job',
    withKernel({ kinds }, async (test) => {
      const { kernel, job, guest } = await strangers(test);
      const ways: readonly ((id: JobId) => unknown)[] = [
        (id) => {
          kernel.mayRead({ job: id }, guest);
        },
        (id) => kernel.enqueue({ kind: echo, dependsOn: [id] }, guest),
        (id) => kernel.enqueueAll([{ kind: echo, dependsOn: [id] }], guest),
        ...['job.cancel', 'job.retry', 'job.pause', 'inbox.send', 'inbox.ls'].map(
          (kind) => (id: JobId) => kernel.perform({ kind, input: { job: id, body: 1 } }, guest),
        ),
      ];
      for (const way of ways) {
        const answer = await told(() => way(job), job);
        expect(answer).toMatch(/CapabilityDenied.*\*\/ID/);
        expect(answer).not.toContain('nap');
        expect(await told(() => way(NOBODY), NOBODY)).toBe(answer);
      }
      expect(
        JSON.stringify((await test.events()).filter(({ event }) => event.type === 'capability.denied')),
      ).not.toContain('nap');
    }),
  );

  it('a message of an attempt tells nothing of them', async () => {
    const writer = defineKind<JobId>({
      name: 'writer',
      retry: { maxAttempts: 1 },
      run: (to, context) => {
        context.inbox.send(to, 'hello');
      },
    });
    await withKernel({ kinds: [...kinds, writer] }, async (test) => {
      const { kernel, job } = await strangers(test);
      const over = await kernel.enqueue({ kind: echo }, kernel.operator);
      await test.outcome(over.job);
      const guest = await kernel.derive({ rights: ['job.submit:writer'] }, kernel.operator);
      const answers = [job, over.job, NOBODY].map(async (to) => {
        const sent = await kernel.enqueue({ kind: writer, input: to }, guest);
        return JSON.stringify(await test.outcome(sent.job)).replaceAll(to, 'ID');
      });
      const [first, ...others] = await Promise.all(answers);
      expect(first).toMatch(/CapabilityDenied.*\*\/ID/);
      expect(others).toEqual([first, first]);
    })();
  });

  it(
    'what a right for all jobs, for those of a kind, or for one allows is told as it is',
    withKernel({ kinds }, async (test) => {
      const { kernel, job } = await strangers(test);
      const waits = (id: JobId): Command => ({ kind: echo, dependsOn: [id] });
      const holding = (right: string): Promise<CapabilityHandle> =>
        kernel.derive({ rights: ['job.submit:echo', right] }, kernel.operator);
      for (const right of ['job.get:**', 'job.get:nap/*', `job.get:*/${job}`]) {
        const handle = await holding(right);
        expect(await codeOf(kernel.enqueue(waits(job), handle))).toBe('resolved');
        kernel.mayRead({ job }, handle);
      }
      const reader = await holding('job.get:**');
      expect(await codeOf(kernel.enqueue(waits(NOBODY), reader))).toBe('DependencyUnknown');
      expect(await codeOf(kernel.enqueue(waits('no id' as JobId), await holding('job.get:x/*')))).toBe(
        'DependencyUnknown',
      );
    }),
  );

  it(
    'those that a handle below has submitted are its own',
    withKernel({ kinds }, async (test) => {
      const { kernel, guest } = await strangers(test);
      const below = await kernel.derive({ rights: ['job.submit:echo'] }, guest);
      const { job } = await kernel.enqueue({ kind: echo }, below);
      expect(await codeOf(kernel.enqueue({ kind: echo, dependsOn: [job] }, guest))).toBe('resolved');
      const other = await kernel.enqueue({ kind: echo }, guest);
      expect(await codeOf(kernel.enqueue({ kind: echo, dependsOn: [other.job] }, below))).toBe(
        'CapabilityDenied',
      );
    }),
  );

  it('an attempt learns no more than its handle; its own children wait for each other', async () => {
    const curious = defineKind<readonly JobId[], readonly string[]>({
      name: 'curious',
      run: async (ids, context) => {
        const first = context.submit({ kind: 'echo', input: 1 });
        context.submit({ kind: 'echo', dependsOn: [first] });
        const seen = [await codeOf(context.jobs.get(first))];
        for (const id of ids) {
          seen.push(await codeOf(context.jobs.get(id)));
          seen.push(await codeOf((async () => context.submit({ kind: 'echo', dependsOn: [id] }))()));
        }
        return seen;
      },
    });
    await withKernel({ kinds: [...kinds, curious] }, async (test) => {
      const { kernel, job } = await strangers(test);
      const rights = ['job.submit:echo', 'job.submit:curious'];
      const handle = await kernel.derive({ rights }, kernel.operator);
      const asked = await kernel.enqueue({ kind: curious, input: [job, NOBODY] }, handle);
      const refused = ['CapabilityDenied', 'CapabilityDenied'];
      expect(await test.outcome(asked.job)).toEqual({
        status: 'succeeded',
        output: ['resolved', ...refused, ...refused],
      });
    })();
  });
});
