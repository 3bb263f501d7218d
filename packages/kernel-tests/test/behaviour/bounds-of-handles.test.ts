import { isKernelError } from '@tksm/abstractions';
import type { CapabilityGrant, CapabilityHandle } from '@tksm/abstractions';
import { codeOf, echo, scheduleTask, spawnAgent, withKernel } from '@tksm/kernel-tests';
import type { TestKernel } from '@tksm/testing';
import { describe, expect, it } from 'vitest';

const rights = ['job.submit:**'];

function team({ kernel }: TestKernel, caveats?: CapabilityGrant['caveats'], above = kernel.operator) {
  return kernel.derive({ rights: ['*:**'], ...(caveats !== undefined && { caveats }) }, above);
}

function revoke({ kernel }: TestKernel, { id }: CapabilityHandle): Promise<unknown> {
  return kernel.perform({ kind: 'capability.revoke', input: { handle: id } }, kernel.operator);
}

function usesOf({ kernel }: TestKernel, { id }: CapabilityHandle): Promise<number> {
  return kernel.read(({ capabilities }) => capabilities.get(id)?.uses ?? 0);
}

async function refusalOf(asked: Promise<unknown>): Promise<unknown> {
  const error: unknown = await asked.catch((refusal: unknown) => refusal);
  return isKernelError(error) ? error.data : error;
}

describe('what is asked for by several handles at once', () => {
  it(
    'is told when there is room for all of it above them',
    withKernel({ kinds: [echo] }, async (test) => {
      const above = await team(test, { rate: { limit: 2, periodMs: 10_000 } });
      const agent = await spawnAgent(test, { rights: ['job.submit:*'] }, above);
      await test.advance(20_000);
      const member = await team(test, { count: 100 }, above);
      await test.advance(20_000);
      for (const input of [1, 2]) await test.kernel.enqueue({ kind: echo, input }, member);
      const asked = () => scheduleTask(test, agent, { kind: 'echo' }, member);
      expect(await refusalOf(asked())).toMatchObject({ caveat: 'rate', retryAfterMs: 10_000 });
      await test.advance(10_000);
      await asked();
    }),
  );

  it(
    'is refused by the nearest handle that has no room for all of it',
    withKernel({ kinds: [echo] }, async (test) => {
      const { kernel } = test;
      const top = await team(test, { rate: { limit: 8, periodMs: 10_000 } });
      const middle = await team(test, { count: 6 }, top);
      const agent = await spawnAgent(test, { rights: ['job.submit:*'] }, middle);
      const member = await team(test, { count: 6 }, middle);
      for (const input of [1, 2]) await kernel.enqueue({ kind: echo, input }, member);
      await refusalOf(
        Promise.all(Array.from({ length: 9 }, (_, input) => kernel.enqueue({ kind: echo, input }, top))),
      );
      const asked = scheduleTask(test, agent, { kind: 'echo' }, member);
      expect(await refusalOf(asked)).toMatchObject({ handle: middle.id, caveat: 'count' });
    }),
  );
});

describe('the uses of a handle', () => {
  it(
    'are counted where they were after the log has lost some, and what ended stays so',
    withKernel({ kinds: [echo] }, async (test) => {
      const { kernel, log } = test;
      const losing = async (by: CapabilityHandle): Promise<void> => {
        log.failNext('unknown-lost');
        expect(await codeOf(kernel.enqueue({ kind: echo, input: 'lost' }, by))).toBe('OutcomeUnknown');
        await test.runUntilIdle();
      };
      const before = await kernel.derive({ rights, caveats: { count: 9 } }, kernel.operator);
      const above = await kernel.derive({ rights, caveats: { count: 3 } }, kernel.operator);
      const member = await kernel.derive({ rights }, above);
      await revoke(test, before);
      await kernel.enqueue({ kind: echo, input: 1 }, member);
      await losing(member);
      const other = await kernel.derive({ rights, caveats: { count: 9 } }, kernel.operator);
      await kernel.enqueue({ kind: echo, input: 2 }, member);
      expect([await usesOf(test, above), await usesOf(test, other)]).toEqual([3, 0]);
      expect(await codeOf(kernel.enqueue({ kind: echo, input: 3 }, member))).toBe('CapabilityDenied');
      const free = await kernel.derive({ rights }, kernel.operator);
      await kernel.enqueue({ kind: echo, input: 1 }, free);
      await losing(free);
      await kernel.enqueue({ kind: echo, input: 2 }, free);
      await revoke(test, free);
      expect(await codeOf(kernel.enqueue({ kind: echo, input: 3 }, free))).toBe('CapabilityDenied');
    }),
  );

  it(
    'are nobody else’s after one below it has ended',
    withKernel({ kinds: [echo] }, async (test) => {
      const { kernel } = test;
      const above = await kernel.derive({ rights, caveats: { count: 5 } }, kernel.operator);
      await revoke(test, await kernel.derive({ rights }, above));
      const other = await kernel.derive({ rights, caveats: { count: 100 } }, kernel.operator);
      for (let input = 0; input < 4; input++) await kernel.enqueue({ kind: echo, input }, above);
      expect(await codeOf(kernel.enqueue({ kind: echo }, above))).toBe('CapabilityDenied');
      expect([await usesOf(test, above), await usesOf(test, other)]).toEqual([5, 0]);
    }),
  );

  it(
    'are counted by every bound above it, also past handles without one, and proved there',
    withKernel({ kinds: [echo] }, async (test) => {
      const { kernel } = test;
      const top = await kernel.derive({ rights, caveats: { count: 20 } }, kernel.operator);
      const free = await kernel.derive({ rights }, top);
      const low = await kernel.derive({ rights, caveats: { rate: { limit: 9, periodMs: 1_000 } } }, free);
      const leaf = await kernel.derive({ rights }, low);
      // The proof tree is made when it is first asked for, and changed with the state from then on.
      await kernel.read((state) => state.digest());
      for (const [n, one] of [leaf, low, free, top].entries()) {
        await kernel.enqueue({ kind: echo, input: n }, one);
        await test.verifyReplay();
      }
      expect([await usesOf(test, low), await usesOf(test, top)]).toEqual([3, 7]);
      await revoke(test, low);
      for (const ended of [leaf, low])
        expect(await codeOf(kernel.enqueueAll([{ kind: echo }], ended))).toBe('CapabilityDenied');
      await test.restart();
      await test.kernel.enqueue({ kind: echo }, test.kernel.handle(free.id, test.kernel.operator));
      expect(await usesOf(test, top)).toBe(8);
    }),
  );
});

describe('a bound on uses', () => {
  it(
    'counts those of the handle and of all below it, over restarts; who exceeds it is told what for',
    withKernel({ kinds: [echo] }, async (test) => {
      const { kernel } = test;
      const above = await kernel.derive({ rights, caveats: { count: 4 } }, kernel.operator);
      const member = await kernel.derive({ rights: ['job.submit:echo'] }, above);
      const one = { kind: 'echo' };
      expect(await codeOf(kernel.enqueueAll([one, one, one, one], member))).toBe('CapabilityDenied');
      await kernel.enqueueAll([one, one], member);
      await test.restart();
      const again = test.kernel.handle(above.id, test.kernel.operator);
      await test.kernel.enqueue(one, again);
      const refused = await refusalOf(test.kernel.enqueue(one, again));
      expect(refused).toMatchObject({ caveat: 'count', right: 'job.submit:echo' });
    }),
  );

  it(
    'says when a rate allows more',
    withKernel({}, async (test) => {
      const { kernel } = test;
      const rate = { limit: 2, periodMs: 10_000 };
      const handle = await kernel.derive({ rights: ['var.set:**'], caveats: { rate } }, kernel.operator);
      const set = (name: string) => kernel.perform({ kind: 'var.set', input: { name, value: 1 } }, handle);
      for (const name of ['a', 'b']) await set(name);
      const refused: unknown = await set('c').catch((error: unknown) => error);
      expect(refused).toMatchObject({
        data: { caveat: 'rate', right: 'var.set:c', retryAfterMs: 5_000 },
        next: 'try again in 5000 ms',
      });
      await test.advance(4_999);
      expect(await codeOf(set('c'))).toBe('CapabilityDenied');
      await test.advance(1);
      await set('c');
    }),
  );
});
