import type { TrustPolicy } from '@tksm/abstractions';
import { allowAll, defineKind, rulePolicy } from '@tksm/core';
import { codeOf, echo, parent, scheduleTask, spawnAgent, withKernel } from '@tksm/kernel-tests';
import { describe, expect, it } from 'vitest';

const inner = defineKind({ name: 'inner', ring: 1, run: () => null });
const rights = ['job.submit:*', 'schedule.set:*'];
const kinds = [echo, inner, parent];

describe('the trust policy', () => {
  it(
    'takes jobs of a kind from its ring and further in, whatever the handle allows; a ring is never further in than its parent',
    withKernel({ kinds }, async (test) => {
      const { kernel } = test;
      const system = await kernel.derive({ rights, ring: 1 }, kernel.operator);
      const outside = await kernel.derive({ rights, ring: 3 }, kernel.operator);
      const below = await kernel.derive({ rights }, outside);
      expect(await codeOf(kernel.enqueue({ kind: inner }, kernel.operator))).toBe('resolved');
      expect(await codeOf(kernel.enqueue({ kind: inner }, system))).toBe('resolved');
      expect(await codeOf(kernel.enqueue({ kind: inner }, outside))).toBe('NotAdmitted');
      expect(await codeOf(kernel.enqueue({ kind: inner }, below))).toBe('NotAdmitted');
      expect(await codeOf(kernel.enqueueAll([{ kind: echo }, { kind: inner }], outside))).toBe('NotAdmitted');
      expect(await codeOf(kernel.enqueue({ kind: echo }, below))).toBe('resolved');
      expect(await codeOf(kernel.derive({ rights, ring: 2 }, outside))).toBe('CapabilityDenied');
      const input = { name: 's', everyMs: 5_000, job: { kind: 'inner' } };
      expect(await codeOf(kernel.perform({ kind: 'schedule.set', input }, outside))).toBe('NotAdmitted');
      const told = (await test.events()).filter(({ event }) => event.type === 'capability.denied');
      expect(told.map(({ event }) => event)).toContainEqual(
        expect.objectContaining({ handle: outside.id, right: 'job.submit:inner', caveat: 'policy' }),
      );
      await test.restart();
      const again = test.kernel.handle(outside.id, test.kernel.operator);
      expect(await codeOf(test.kernel.enqueue({ kind: inner }, again))).toBe('NotAdmitted');
    }),
  );

  it(
    'is asked for who has an agent run a task, as well as for the agent',
    withKernel({ kinds }, async (test) => {
      const { kernel } = test;
      const agent = await spawnAgent(test, { rights: ['job.submit:*'] });
      const more = [...rights, 'agent.schedule-task:**', 'agent.spawn:root'];
      const outside = await kernel.derive({ rights: more, ring: 3 }, kernel.operator);
      const system = await kernel.derive({ rights: more, ring: 1 }, kernel.operator);
      const outer = await spawnAgent(test, { rights: ['job.submit:*'] }, outside);
      expect(await codeOf(scheduleTask(test, agent, { kind: 'inner' }, outside))).toBe('NotAdmitted');
      expect(await codeOf(scheduleTask(test, outer, { kind: 'inner' }, system))).toBe('NotAdmitted');
      expect(await codeOf(scheduleTask(test, agent, { kind: 'inner' }, system))).toBe('resolved');
      expect(await codeOf(scheduleTask(test, agent, { kind: 'echo' }, outside))).toBe('resolved');
    }),
  );

  it(
    'is set aside by allow-all',
    withKernel({ kinds, trustPolicy: allowAll }, async ({ kernel }) => {
      const outside = await kernel.derive({ rights, ring: 3 }, kernel.operator);
      expect(await codeOf(kernel.enqueue({ kind: inner }, outside))).toBe('resolved');
    }),
  );

  it(
    'may judge the owner, too, and never what is of the kernel itself',
    withKernel(
      {
        kinds,
        trustPolicy: rulePolicy({
          rules: [{ kinds: ['inner'], admit: false }],
          judgesOwner: true,
          otherwise: 'admit',
        }),
      },
      async (test) => {
        const { kernel } = test;
        expect(await codeOf(kernel.enqueue({ kind: inner }, kernel.operator))).toBe('NotAdmitted');
        expect(await test.run({ kind: echo, input: 1 })).toMatchObject({ status: 'succeeded' });
      },
    ),
  );

  const broken: TrustPolicy = {
    name: 'broken',
    refuses: () => {
      throw new Error('out of order');
    },
  };
  it(
    'refuses when it fails',
    withKernel({ kinds, trustPolicy: broken }, async ({ kernel }) => {
      const handle = await kernel.derive({ rights }, kernel.operator);
      expect(await codeOf(kernel.enqueue({ kind: echo }, handle))).toBe('NotAdmitted');
    }),
  );
});
