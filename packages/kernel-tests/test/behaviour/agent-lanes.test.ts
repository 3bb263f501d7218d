import { codeOf, echo, nap, scheduleTask, spawnAgent, withKernel } from '@tksm/kernel-tests';
import { expect, it } from 'vitest';

const kinds = [echo, nap];
const MOST = 10_000;

it(
  'the lane of an agent is not that of its sub-agents: they need the right to schedule in it',
  withKernel({ kinds }, async (test) => {
    const { kernel } = test;
    const rights = ['job.submit:echo', 'schedule.set:*'];
    const top = await spawnAgent(test, { rights: [...rights, 'agent.*:self/**'] });
    const sub = await spawnAgent(test, { parent: top.id, rights }, top.handle);
    const belowSub = await kernel.derive({ rights }, sub.handle);
    const command = { kind: echo, input: 1, agent: top.id };
    const schedule = { name: 's', everyMs: 60_000, job: { kind: 'echo', agent: top.id } };
    for (const handle of [sub.handle, belowSub]) {
      expect(await codeOf(kernel.enqueue(command, handle))).toBe('CapabilityDenied');
      expect(await codeOf(kernel.enqueueAll([command, command], handle))).toBe('CapabilityDenied');
      expect(await codeOf(kernel.perform({ kind: 'schedule.set', input: schedule }, handle))).toBe(
        'CapabilityDenied',
      );
      expect(await codeOf(kernel.enqueue({ ...command, agent: sub.id }, handle))).toBe('resolved');
    }
    const belowTop = await kernel.derive({ rights: ['job.submit:echo'] }, top.handle);
    expect(await codeOf(kernel.enqueue(command, belowTop))).toBe('resolved');
    const trusted = await spawnAgent(
      test,
      { parent: top.id, rights: ['job.submit:echo', `agent.schedule-task:${top.id}`] },
      top.handle,
    );
    expect(await codeOf(kernel.enqueue(command, trusted.handle))).toBe('resolved');
  }),
);

it(
  'the lane of an agent has room for 10,000 jobs that are not settled, however they are submitted, also at once',
  withKernel({ kinds }, async (test) => {
    const { kernel } = test;
    const agent = await spawnAgent(test);
    const command = { kind: echo, agent: agent.id, notBefore: test.clock.now() + 3_600_000 };
    const many = (count: number) =>
      kernel.enqueueAll(
        Array.from({ length: count }, () => command),
        agent.handle,
      );
    const half = MOST / 2 + 1;
    expect((await Promise.all([codeOf(many(half)), codeOf(many(half))])).sort()).toEqual([
      'QueueFull',
      'resolved',
    ]);
    expect(await codeOf(many(MOST - half + 1))).toBe('QueueFull');
    const [first] = await many(MOST - half);
    for (const handle of [agent.handle, kernel.operator])
      expect(await codeOf(kernel.enqueue(command, handle))).toBe('QueueFull');
    expect(await codeOf(scheduleTask(test, agent, { kind: 'echo' }))).toBe('QueueFull');
    expect(await codeOf(kernel.enqueue({ ...command, agent: 'ada' }, kernel.operator))).toBe('resolved');
    await test.perform({ kind: 'job.cancel', input: { job: first?.job ?? '' } });
    expect(await codeOf(scheduleTask(test, agent, { kind: 'echo' }))).toBe('resolved');
  }),
);
