import type { Command } from '@tksm/abstractions';
import { defineKind } from '@tksm/core';
import {
  agentDoes,
  codeOf,
  echo,
  nap,
  parent,
  polite,
  scheduleTask,
  seenAgent,
  spawnAgent,
  waiter,
  withKernel,
} from '@tksm/kernel-tests';
import { describe, expect, it } from 'vitest';

/** Never works, and is tried again later. */
const retried = defineKind({
  name: 'retried',
  retry: { maxAttempts: 9, initialDelayMs: 60_000 },
  run: () => {
    throw new Error('not yet');
  },
});
const kinds = [echo, nap, parent, polite, waiter, retried];

describe('an agent', () => {
  it(
    'is spawned below another one, and named by the path to it',
    withKernel({ kinds }, async (test) => {
      const top = await spawnAgent(test, { name: 'top', description: 'leads' });
      const sub = await spawnAgent(
        test,
        { name: 'sub', parent: top.id, rights: ['job.submit:echo'] },
        top.handle,
      );
      expect(sub.path).toBe(`${top.id}/${sub.id}`);
      expect(await seenAgent(test, top)).toMatchObject({ name: 'top', description: 'leads', status: 'live' });
      expect(await seenAgent(test, sub)).toMatchObject({ parent: top.id, path: sub.path, by: top.handle.id });
      await test.kernel.read(({ capabilities }) => {
        expect(capabilities.get(sub.handle.id)).toMatchObject({ parent: top.handle.id });
        expect(capabilities.get(top.handle.id)?.rights).toContain(`agent.*:${top.id}/**`);
      });
      await test.restart();
      expect(await seenAgent(test, sub)).toMatchObject({ name: 'sub', status: 'live', tasks: 0 });
    }),
  );

  it(
    'has no more than its parent, and no caveat that is wider',
    withKernel({ kinds }, async (test) => {
      const expiresAt = test.clock.now() + 60_000;
      const rights = ['job.submit:echo', 'agent.spawn:self/**'];
      const top = await spawnAgent(test, { rights, caveats: { expiresAt } });
      for (const wider of [
        { rights: ['job.submit:nap'] },
        { rights: ['job.submit:**'] },
        { rights: ['agent.observe:self'] },
        { rights: ['job.submit:echo'], caveats: { expiresAt: expiresAt + 1 } },
      ]) {
        const input = { name: 'sub', parent: top.id, ...wider };
        expect(await codeOf(agentDoes(test, 'spawn', input, top.handle))).toBe('CapabilityDenied');
        // Whoever asks, it is the parent's rights that count.
        expect(await codeOf(agentDoes(test, 'spawn', input))).toBe('CapabilityDenied');
      }
      const sub = await spawnAgent(test, { parent: top.id, rights: ['agent.spawn:self/**'] }, top.handle);
      const input = { name: 'x', rights: ['job.submit:echo'] };
      expect(await codeOf(agentDoes(test, 'spawn', { ...input, parent: top.id }, sub.handle))).toBe(
        'CapabilityDenied',
      );
      expect(await codeOf(agentDoes(test, 'spawn', input, sub.handle))).toBe('CapabilityDenied');
      expect(await codeOf(agentDoes(test, 'spawn', { ...input, parent: sub.id }, sub.handle))).toBe(
        'CapabilityDenied',
      );
    }),
  );

  it(
    'does nothing on request of who lacks the right, and says so before it says whether there is such an agent',
    withKernel({ kinds }, async (test) => {
      const { kernel } = test;
      const agent = await spawnAgent(test);
      const other = await spawnAgent(test);
      const guest = await kernel.derive({ rights: [`agent.observe:${agent.id}`] }, kernel.operator);
      await agentDoes(test, 'observe', { agent: agent.id, data: 1 }, guest);
      const before = kernel.log.head.position;
      for (const [kind, input] of [
        ['observe', { agent: other.id, data: 1 }],
        ['observe', { agent: '0'.repeat(32), data: 1 }],
        ['schedule-task', { agent: agent.id, kind: 'echo' }],
        ['subscribe', { agent: agent.id, to: other.id }],
        ['unsubscribe', { agent: agent.id, to: other.id }],
        ['receive', { agent: agent.id }],
        ['stop', { agent: agent.id }],
        ['spawn', { name: 'x', rights: ['job.submit:echo'] }],
        ['spawn', { name: 'x', rights: ['job.submit:echo'], parent: agent.id }],
      ] as const)
        expect([kind, await codeOf(agentDoes(test, kind, input, guest))]).toEqual([kind, 'CapabilityDenied']);
      const since = (await test.events()).slice(before).map(({ event }) => event.type);
      expect(new Set(since)).toEqual(new Set(['capability.denied']));
      expect(await codeOf(agentDoes(test, 'observe', { agent: '0'.repeat(32), data: 1 }))).toBe(
        'AgentNotFound',
      );
    }),
  );

  it(
    'refuses what is out of bounds',
    withKernel({ kinds }, async (test) => {
      const { id } = await spawnAgent(test, { name: 'n'.repeat(256), description: 'd'.repeat(4_096) });
      const rights = ['job.submit:echo'];
      for (const [kind, input, code] of [
        ['spawn', { name: '', rights }, 'InvalidInput'],
        ['spawn', { name: 'n'.repeat(257), rights }, 'InvalidInput'],
        ['spawn', { name: 'n', rights, description: 'd'.repeat(4_097) }, 'InvalidInput'],
        ['spawn', { name: 'n', rights: [] }, 'InvalidInput'],
        ['spawn', { name: 'n', rights: ['agent.spawn:self*'] }, 'InvalidInput'],
        ['schedule-task', { agent: id, kind: 'echo', dependsOn: [] }, 'InvalidSpec'],
        ['schedule-task', { agent: id, kind: 'echo', nonsense: 1 }, 'InvalidSpec'],
        ['schedule-task', { agent: id, kind: 'nobody' }, 'UnsupportedOperation'],
        ['observe', { agent: id, data: 'x'.repeat(64_001) }, 'PayloadTooLarge'],
        ['observe', { agent: id, data: { hash: 'a'.repeat(64), size: 1_048_577 } }, 'PayloadTooLarge'],
        ['observe', { agent: id, data: { hash: 'a'.repeat(64), size: 1 } }, 'BlobNotFound'],
        ['observe', { agent: id, data: 1, topic: '' }, 'InvalidInput'],
        ['subscribe', { agent: id, to: id }, 'InvalidInput'],
        ['receive', { agent: id, max: 0 }, 'InvalidInput'],
        ['stop', { agent: 'x' }, 'InvalidInput'],
      ] as const)
        expect([kind, await codeOf(agentDoes(test, kind, input))]).toEqual([kind, code]);
    }),
  );
});

describe('the tasks of an agent', () => {
  it(
    'run by its handle, one after the other, in the order in which they were scheduled',
    withKernel({ kinds, concurrency: 8 }, async (test) => {
      const agents = [await spawnAgent(test), await spawnAgent(test)];
      const jobs = await Promise.all(
        Array.from({ length: 12 }, (_, n) => {
          const agent = agents[n % 2] ?? agents[0];
          if (agent === undefined) throw new Error('no agent');
          return scheduleTask(test, agent, {
            kind: 'nap',
            input: { ms: n % 3 === 0 ? 500 : 50 },
            description: `task ${n}`,
          });
        }),
      );
      for (const job of jobs) await test.outcome(job);
      for (const { id, handle } of agents) {
        const own = await Promise.all(jobs.map((job) => test.job(job)));
        const lane = own.filter(({ spec }) => spec.agent === id);
        expect(lane).toHaveLength(6);
        expect(lane.every(({ by }) => by === handle.id)).toBe(true);
        const order = (await test.events()).flatMap(({ event }) =>
          (event.type === 'job.leased' || event.type === 'job.succeeded') &&
          lane.some((job) => job.id === event.job)
            ? [event.job]
            : [],
        );
        expect(order).toEqual(lane.flatMap((job) => [job.id, job.id]));
        expect(await test.kernel.read(({ agents: all }) => all.get(id))).toMatchObject({
          ...{ tasks: 6, openTasks: 0 },
        });
      }
    }),
  );

  it(
    'are allowed what the agent is, whoever schedules them; and another cannot slip into its lane',
    withKernel({ kinds }, async (test) => {
      const { kernel } = test;
      const agent = await spawnAgent(test, { rights: ['job.submit:echo'] });
      const rights = [`agent.schedule-task:${agent.id}`];
      const guest = await kernel.derive({ rights }, kernel.operator);
      const job = await scheduleTask(test, agent, { kind: 'echo' }, guest);
      expect(await test.outcome(job)).toMatchObject({ status: 'succeeded' });
      expect(await codeOf(scheduleTask(test, agent, { kind: 'nap', input: { ms: 1 } }, guest))).toBe(
        'CapabilityDenied',
      );
      expect(await codeOf(kernel.enqueue({ kind: echo }, guest))).toBe('CapabilityDenied');
      const worker = await kernel.derive({ rights: ['job.submit:echo'] }, kernel.operator);
      expect(await codeOf(kernel.enqueue({ kind: echo, agent: agent.id }, worker))).toBe('CapabilityDenied');
      expect(await codeOf(kernel.enqueue({ kind: echo, agent: agent.id }, agent.handle))).toBe('resolved');
      const more = ['job.submit:echo', 'schedule.set:*', 'supervisor.start:*'];
      const planner = await kernel.derive({ rights: more }, kernel.operator);
      const own = { kind: 'echo', agent: agent.id };
      const commands: readonly Command[] = [
        { kind: 'schedule.set', input: { name: 's', everyMs: 60_000, job: own } },
        { kind: 'supervisor.start', input: { id: 's', children: [{ id: 'c', ...own }] } },
      ];
      for (const command of commands) {
        expect(await codeOf(kernel.perform(command, planner))).toBe('CapabilityDenied');
        expect(await codeOf(kernel.perform(command, kernel.operator))).toBe('resolved');
      }
    }),
  );

  it(
    'are scheduled once by one command, also after a restart',
    withKernel({ kinds }, async (test) => {
      const { id } = await spawnAgent(test);
      const command = {
        kind: 'agent.schedule-task',
        input: { agent: id, kind: 'echo', input: 1 },
        id: 'one',
      };
      const first = await test.perform(command);
      await test.restart();
      expect(await test.perform(command)).toEqual(first);
      expect(await codeOf(test.perform({ ...command, input: { ...command.input, input: 2 } }))).toBe(
        'CommandMismatch',
      );
      expect(await test.kernel.read(({ agents }) => agents.get(id)?.tasks)).toBe(1);
    }),
  );
});

describe('a stop', () => {
  it(
    'ends the agent and all below it, and every job of theirs, whatever it is at',
    withKernel({ kinds, concurrency: 8 }, async (test) => {
      const top = await spawnAgent(test);
      const subs = [await spawnAgent(test, { parent: top.id }, top.handle)];
      for (const under of [...subs]) subs.push(await spawnAgent(test, { parent: under.id }, under.handle));
      for (let n = 0; n < 3; n++) subs.push(await spawnAgent(test, { parent: top.id }, top.handle));
      const bystander = await spawnAgent(test);
      const [a, b, c, d, e] = subs;
      if (!a || !b || !c || !d || !e) throw new Error('too few');
      const jobs = [
        await scheduleTask(test, top, { kind: 'polite' }),
        await scheduleTask(test, top, { kind: 'echo' }),
        await scheduleTask(test, a, { kind: 'parent', input: { kind: 'polite', inputs: [1, 2] } }),
        await scheduleTask(test, b, { kind: 'waiter', input: { ms: 1, topic: 't' } }),
        await scheduleTask(test, c, { kind: 'retried' }),
        await scheduleTask(test, d, { kind: 'echo', notBefore: test.clock.now() + 3_600_000 }),
        await scheduleTask(test, e, { kind: 'nap', input: { ms: 3_600_000 } }),
      ];
      const other = await scheduleTask(test, bystander, { kind: 'nap', input: { ms: 5_000 } });
      await test.perform({
        kind: 'job.pause',
        input: { job: await scheduleTask(test, e, { kind: 'echo' }) },
      });
      await test.advance(10);
      const stopped = await agentDoes(test, 'stop', { agent: top.id, reason: 'enough' });
      expect(stopped).toEqual({ agent: top.id, stopped: true });
      await test.advance(10);
      const open = await test.kernel.read((state) =>
        [...state.jobs.list()].filter(({ outcome, by }) => outcome === undefined && by !== 'operator'),
      );
      expect(open.map(({ id }) => id)).toEqual([other]);
      for (const job of jobs) expect(await test.outcome(job)).toMatchObject({ status: 'failed' });
      for (const agent of [top, ...subs]) {
        expect(await seenAgent(test, agent)).toMatchObject({
          status: 'stopped',
          stopped: { reason: 'enough' },
        });
        expect(await codeOf(scheduleTask(test, agent, { kind: 'echo' }))).toBe('AgentStopped');
      }
      expect(await test.outcome(other)).toMatchObject({ status: 'succeeded' });
      await test.restart();
      expect(await seenAgent(test, top)).toMatchObject({ status: 'stopped', openTasks: 0 });
      expect(await agentDoes(test, 'stop', { agent: top.id })).toEqual({ agent: top.id, stopped: false });
    }),
  );

  it(
    'closes the lane, and lets run what others put there before',
    withKernel({ kinds, concurrency: 1 }, async (test) => {
      const { kernel } = test;
      const agent = await spawnAgent(test);
      const lane = { kind: 'echo', agent: agent.id };
      await kernel.enqueue({ kind: 'nap', input: { ms: 1_000 } }, kernel.operator);
      const theirs = await scheduleTask(test, agent, { kind: 'echo' });
      const { job: others } = await kernel.enqueue(lane, kernel.operator);
      const pusher = await kernel.derive(
        { rights: ['job.submit:*', 'agent.schedule-task:**'] },
        kernel.operator,
      );
      const stranger = await kernel.derive({ rights: ['job.submit:*'] }, kernel.operator);
      await agentDoes(test, 'stop', { agent: agent.id });
      for (const handle of [kernel.operator, pusher]) {
        expect(await codeOf(kernel.enqueue(lane, handle))).toBe('AgentStopped');
        expect(await codeOf(kernel.enqueueAll([{ kind: 'echo' }, lane], handle))).toBe('AgentStopped');
      }
      for (const handle of [stranger, agent.handle])
        expect(await codeOf(kernel.enqueue(lane, handle))).toBe('CapabilityDenied');
      await test.advance(2_000);
      expect(await test.outcome(theirs)).toMatchObject({ status: 'failed' });
      expect(await test.outcome(others)).toMatchObject({ status: 'succeeded' });
    }),
  );

  it(
    'comes with the revocation of the handle, and with its expiry',
    withKernel({ kinds }, async (test) => {
      const top = await spawnAgent(test);
      const sub = await spawnAgent(test, { parent: top.id }, top.handle);
      await test.perform({ kind: 'capability.revoke', input: { handle: top.handle.id, reason: 'gone' } });
      for (const agent of [top, sub])
        expect(await seenAgent(test, agent)).toMatchObject({
          status: 'stopped',
          stopped: { reason: 'gone' },
        });
      const brief = await spawnAgent(test, { caveats: { expiresAt: test.clock.now() + 1_000 } });
      await test.advance(2_000);
      expect(await codeOf(scheduleTask(test, brief, { kind: 'echo' }))).toBe('AgentStopped');
      const why = { status: 'stopped', stopped: { reason: 'its handle has expired' } };
      expect(await seenAgent(test, brief)).toMatchObject(why);
    }),
  );

  it(
    'is had by who has the right to it, and by the agent itself when that has',
    withKernel({ kinds }, async (test) => {
      const { kernel } = test;
      const agent = await spawnAgent(test, { rights: ['agent.stop:self'] });
      const sub = await spawnAgent(test, { parent: agent.id, rights: [] as string[] }).catch(() => undefined);
      expect(sub).toBeUndefined();
      await agentDoes(test, 'stop', { agent: agent.id }, agent.handle);
      const other = await spawnAgent(test);
      const warden = await kernel.derive({ rights: ['agent.stop:**'] }, kernel.operator);
      await agentDoes(test, 'stop', { agent: other.id }, warden);
      expect(await seenAgent(test, other)).toMatchObject({ status: 'stopped' });
      expect(await codeOf(kernel.enqueue({ kind: echo }, other.handle))).toBe('CapabilityDenied');
    }),
  );
});
