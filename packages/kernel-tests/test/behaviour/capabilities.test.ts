import { isKernelError } from '@tksm/abstractions';
import type {
  CapabilityGrant,
  CapabilityHandle,
  Command,
  HandleId,
  JobId,
  KernelError,
} from '@tksm/abstractions';
import { defineKind, defineOperation } from '@tksm/core';
import { codeOf, echo, nap, parent, polite, storyOf, waiter, withKernel, writer } from '@tksm/kernel-tests';
import type { TestKernel } from '@tksm/testing';
import { describe, expect, it } from 'vitest';

const kinds = [echo, nap, parent, polite, writer];

interface Peek {
  readonly name?: string;
  readonly job?: JobId;
}

/** Looks at a variable, at a job, or at itself. */
const peek = defineKind<Peek, null>({
  name: 'peek',
  run: async ({ name, job }, context) => {
    if (name !== undefined) await context.vars.get(name);
    else await context.jobs.get(job ?? context.job.id);
    return null;
  },
});
const count = defineOperation({ name: 'count', decide: () => ({ output: 1 }) });

const derive = (test: TestKernel, grant: CapabilityGrant, from = test.kernel.operator) =>
  test.kernel.derive(grant, from);
const revoke = (test: TestKernel, { id }: CapabilityHandle, by = test.kernel.operator) =>
  test.kernel.perform({ kind: 'capability.revoke', input: { handle: id, reason: 'enough' } }, by);
const setVar = (test: TestKernel, handle: CapabilityHandle, name: string) =>
  test.kernel.perform({ kind: 'var.set', input: { name, value: 1 } }, handle);

async function refusalOf(promise: Promise<unknown>): Promise<KernelError> {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!isKernelError(error)) throw new Error(`it was not refused: ${String(error)}`);
  return error;
}

describe('a handle', () => {
  it(
    'allows what its rights say; what is refused names the missing right, and leaves no more than word of it',
    withKernel({ kinds }, async (test) => {
      const handle = await derive(test, { rights: ['job.submit:echo', 'var.set:notes/*'] });
      const { job } = await test.kernel.enqueue({ kind: echo, input: 1 }, handle);
      expect(await test.outcome(job)).toMatchObject({ status: 'succeeded' });
      await setVar(test, handle, 'notes/a');
      const before = test.kernel.log.head.position;
      const refused = await refusalOf(test.kernel.enqueue({ kind: nap, input: { ms: 1 } }, handle));
      expect(refused).toMatchObject({ code: 'CapabilityDenied', data: { right: 'job.submit:nap' } });
      for (const name of ['notes', 'notes/a/b', 'notes-x/a', 'notes/..', 'other'])
        expect(await codeOf(setVar(test, handle, name))).toBe('CapabilityDenied');
      expect(await codeOf(test.kernel.perform({ kind: 'job.cancel', input: { job } }, handle))).not.toBe(
        'resolved',
      );
      const left = (await test.events()).slice(before).map(({ event }) => event);
      expect(left.map(({ type }) => type)).toEqual(left.map(() => 'capability.denied'));
      expect(left).toHaveLength(7);
      expect(left[0]).toMatchObject({ handle: handle.id, right: 'job.submit:nap' });
    }),
  );

  it(
    'is good only as the object that was given out, for who holds it or one above it',
    withKernel({ kinds }, async (test) => {
      const { kernel } = test;
      const team = await derive(test, { rights: ['job.submit:**'] });
      const other = await derive(test, { rights: ['job.submit:**'] });
      const member = await derive(test, { rights: ['job.submit:echo'] }, team);
      expect(await codeOf(kernel.enqueue({ kind: echo }, { id: team.id }))).toBe('CapabilityDenied');
      expect(kernel.handle(member.id, team)).toEqual({ id: member.id });
      expect(() => kernel.handle(member.id, other)).toThrow(
        expect.objectContaining({ code: 'CapabilityDenied' }),
      );
      expect(() => kernel.handle('nobody' as HandleId, kernel.operator)).toThrow(/nobody/);
      await test.restart();
      expect(await codeOf(test.kernel.enqueue({ kind: echo }, member))).toBe('CapabilityDenied');
      const again = test.kernel.handle(member.id, test.kernel.operator);
      expect(await codeOf(test.kernel.enqueue({ kind: echo }, again))).toBe('resolved');
    }),
  );

  it(
    'is derived with a part of what its parent has, and no more',
    withKernel({ kinds }, async (test) => {
      const expiresAt = test.clock.now() + 60_000;
      const team = await derive(test, { rights: ['var.*:notes/**'], caveats: { expiresAt, count: 9 } });
      await derive(test, { rights: ['var.set:notes/a/*'], caveats: { expiresAt, count: 2 } }, team);
      for (const grant of [
        { rights: ['*:**'] },
        { rights: ['var.set:**'] },
        { rights: ['var.set:notes/a', 'job.submit:echo'] },
        { rights: ['var.set:notes/a'], caveats: { expiresAt: expiresAt + 1 } },
        { rights: ['var.set:notes/a'], caveats: { count: 10 } },
      ]) {
        expect(await codeOf(derive(test, grant, team))).toBe('CapabilityDenied');
      }
      for (const rights of [[], ['nonsense'], ['var.set:a/**/b'], ['var.set:/a/../b']])
        expect(await codeOf(derive(test, { rights }, team))).toBe('InvalidInput');
    }),
  );

  it(
    'reads what it may read',
    withKernel({ kinds }, async (test) => {
      const handle = await derive(test, { rights: ['var.get:a', 'health.get:zone'] });
      for (const name of ['a', 'b']) await setVar(test, test.kernel.operator, name);
      const get = (name: string) => test.kernel.perform({ kind: 'var.get', input: { name } }, handle);
      expect((await get('a')).output).toMatchObject({ value: 1 });
      expect(await codeOf(get('b'))).toBe('CapabilityDenied');
      expect(await codeOf(test.kernel.perform({ kind: 'health' }, handle))).toBe('resolved');
    }),
  );
});

describe('what runs by a handle', () => {
  it(
    'does what the handle allows, and fails with nothing done where it does not',
    withKernel({ kinds }, async (test) => {
      const rights = ['job.submit:*', 'var.set:mine/*', 'fact.emit:written'];
      const handle = await derive(test, { rights });
      const write = async (name: string) =>
        await test.outcome(
          (await test.kernel.enqueue({ kind: writer, input: { name, value: 1 } }, handle)).job,
        );
      expect(await write('mine/a')).toMatchObject({ status: 'succeeded' });
      expect(await write('yours/a')).toMatchObject({
        status: 'failed',
        error: { code: 'CapabilityDenied', data: { right: 'var.set:yours/a' } },
      });
      expect(await test.kernel.read(({ vars }) => vars.list().map(({ name }) => name))).not.toContain(
        'yours/a',
      );
      const narrow = await derive(test, { rights: ['job.submit:parent'] });
      const { job } = await test.kernel.enqueue(
        { kind: parent, input: { kind: 'echo', inputs: [1] } },
        narrow,
      );
      expect(await test.outcome(job)).toMatchObject({ error: { code: 'CapabilityDenied' } });
      await test.expectNotSubmitted({ kind: 'echo' });
    }),
  );

  it(
    'ends when the handle, or one above it, is revoked; what is queued fails when its turn comes',
    withKernel({ kinds, concurrency: 1 }, async (test) => {
      const team = await derive(test, { rights: ['job.submit:**'] });
      const member = await derive(test, { rights: ['job.submit:**'] }, team);
      const running = await test.kernel.enqueue({ kind: polite }, member);
      const queued = await test.kernel.enqueue({ kind: echo }, member);
      const free = await test.enqueue({ kind: echo, input: 'free' });
      await test.runUntilIdle();
      expect(await codeOf(revoke(test, team, member))).toBe('CapabilityDenied');
      expect((await revoke(test, team)).output).toMatchObject({ revoked: true });
      for (const { job } of [running, queued])
        expect(await test.outcome(job)).toMatchObject({ error: { code: 'CapabilityDenied' } });
      expect(await storyOf(test, queued.job)).toEqual(['submitted', 'failed']);
      expect(await test.outcome(free.job)).toMatchObject({ output: 'free' });
      expect(await codeOf(test.kernel.enqueue({ kind: echo }, member))).toBe('CapabilityDenied');
      expect([...(await test.kernel.read(({ capabilities }) => [...capabilities.list()]))]).toEqual([]);
      expect((await revoke(test, team)).output).toMatchObject({ revoked: false });
    }),
  );

  it(
    'is not begun, and not believed, once the handle has expired',
    withKernel({ kinds, concurrency: 1 }, async (test) => {
      const expiresAt = test.clock.now() + 10_000;
      const handle = await derive(test, { rights: ['job.submit:**'], caveats: { expiresAt } });
      const submit = (command: object) => test.kernel.enqueue({ kind: nap, ...command }, handle);
      expect(await codeOf(submit({ input: { ms: 1 }, notBefore: expiresAt }))).toBe('CapabilityExpiresFirst');
      const late = await submit({ input: { ms: 11_000 } });
      const next = await submit({ input: { ms: 1 } });
      for (const { job } of [late, next])
        expect(await test.outcome(job)).toMatchObject({ error: { code: 'CapabilityDenied' } });
      expect(await codeOf(submit({ input: { ms: 1 } }))).toBe('CapabilityDenied');
    }),
  );

  it(
    'is submitted by its schedule no more',
    withKernel({ kinds }, async (test) => {
      const handle = await derive(test, { rights: ['schedule.*:mine/*', 'job.submit:echo'] });
      const schedule = { name: 'mine/often', job: { kind: 'echo' }, everyMs: 60_000 };
      await test.kernel.perform({ kind: 'schedule.set', input: schedule }, handle);
      await test.advance(120_000);
      await revoke(test, handle);
      await test.advance(120_000);
      const jobs = await test.kernel.read((state) => [...state.jobs.list({ kind: 'echo' })]);
      expect(jobs.map(({ status }) => status)).toEqual(['succeeded', 'succeeded']);
    }),
  );
});

describe('what would go round the gate', () => {
  it(
    'is refused: jobs that a schedule or a supervisor would submit, an input for a job of another handle',
    withKernel({ kinds }, async (test) => {
      const { kernel } = test;
      const handle = await derive(test, { rights: ['schedule.*:**', 'supervisor.*:**', 'job.submit:echo'] });
      const schedule = (kind: string) =>
        kernel.perform(
          { kind: 'schedule.set', input: { name: 's', job: { kind, input: { ms: 1 } }, everyMs: 60_000 } },
          handle,
        );
      const child = (kind: string) => ({ id: 'c', kind });
      const start = (id: string, children: readonly object[], more: object = {}) =>
        kernel.perform({ kind: 'supervisor.start', input: { id, children, ...more } }, handle);
      expect(await codeOf(schedule('nap'))).toBe('CapabilityDenied');
      expect(await codeOf(schedule('echo'))).toBe('resolved');
      expect(await codeOf(start('a', [child('nap')]))).toBe('CapabilityDenied');
      const nested = { supervisors: { inner: { children: [child('nap')] } } };
      expect(await codeOf(start('b', [{ id: 'n', supervisor: 'inner' }], nested))).toBe('CapabilityDenied');
      expect(await codeOf(start('c', [child('echo')]))).toBe('resolved');
      await kernel.perform({ kind: 'supervisor.stop', input: { supervisor: 'c' } }, kernel.operator);
      const debounce = { key: 'k', ms: 1_000 };
      const { job } = await test.enqueue({ kind: echo, input: 'mine', debounce });
      const other = kernel.enqueue({ kind: echo, input: 'yours', debounce }, handle);
      expect(await refusalOf(other)).toMatchObject({ code: 'CapabilityDenied', data: { job } });
      expect(await test.outcome(job)).toMatchObject({ output: 'mine' });
    }),
  );

  it(
    'is refused: secrets by name, operations of packages, and what a handler would look at',
    withKernel({ kinds: [...kinds, peek, count] }, async (test) => {
      const { kernel } = test;
      const rights = ['job.submit:*', 'var.get:mine', 'secret.use:OPEN'];
      const handle = await derive(test, { rights });
      const secret = (name: string) => kernel.enqueue({ kind: echo, input: { $secretRef: name } }, handle);
      expect(await refusalOf(secret('HIDDEN'))).toMatchObject({ data: { right: 'secret.use:HIDDEN' } });
      expect(await codeOf(secret('OPEN'))).toBe('resolved');
      expect(await codeOf(kernel.perform({ kind: count }, handle))).toBe('CapabilityDenied');
      expect(await codeOf(kernel.perform({ kind: count }, kernel.operator))).toBe('resolved');
      const { job: foreign } = await test.enqueue({ kind: echo, input: 1 });
      const look = async (input: Peek) =>
        await test.outcome((await kernel.enqueue({ kind: peek, input }, handle)).job);
      expect(await look({ name: 'mine' })).toMatchObject({ status: 'succeeded' });
      expect(await look({ name: 'yours' })).toMatchObject({ error: { data: { right: 'var.get:yours' } } });
      expect(await look({ job: foreign })).toMatchObject({ error: { code: 'CapabilityDenied' } });
      expect(await look({})).toMatchObject({ status: 'succeeded' });
    }),
  );
});

describe('a holder who means harm', () => {
  it(
    'gets nothing done, and is told nothing, before it is judged',
    withKernel({ kinds }, async (test) => {
      const { kernel } = test;
      const handle = await derive(test, { rights: ['fact.emit:none'] });
      const subject = { $sensitive: { subject: 'alice', value: 'her words' } };
      const { job } = await test.enqueue({ kind: echo, input: subject as never });
      await test.outcome(job);
      await setVar(test, kernel.operator, 'root/x');
      const tries: readonly Command<object>[] = [
        { kind: 'subject.erase', input: { subject: 'alice' } },
        { kind: 'var.apply', input: { changes: [], preconditions: [{ name: 'root/x', etag: 'no' }] } },
        { kind: 'job.cancel', input: { job } },
        { kind: 'job.redrive', input: {} },
        { kind: 'ladder.set', input: { kind: 'echo', rung: 'ground' }, id: 'nightly' },
        { kind: 'kind.pause', input: { kind: 'echo' } },
      ];
      const before = kernel.log.head.position;
      for (const command of tries)
        expect([command.kind, await codeOf(kernel.perform(command, handle))]).toEqual([
          command.kind,
          'CapabilityDenied',
        ]);
      const left = (await test.events()).slice(before).map(({ event }) => event.type);
      expect(left).toEqual(left.map(() => 'capability.denied'));
      // Its words are still there: nothing was erased.
      expect(await test.outcome(job)).toMatchObject({ status: 'succeeded', output: 'her words' });
      const sender = await derive(test, { rights: ['inbox.send:**'] });
      const spoof = { kind: 'inbox.send', input: { job, body: 1, from: 'operator' } };
      expect(await codeOf(kernel.perform(spoof, sender))).toBe('InvalidInput');
    }),
  );

  it(
    'cannot have others run what it gives them, nor fill the zone with handles',
    withKernel({ kinds }, async (test) => {
      const { kernel } = test;
      const children = [{ id: 'calm', kind: 'polite' }];
      await test.perform({ kind: 'supervisor.start', input: { id: 'ops', children } });
      const rights = ['supervisor.*:**', 'schedule.*:**', 'job.submit:*'];
      const handle = await derive(test, { rights });
      const child = { id: 'mine', kind: 'echo' };
      const add = { kind: 'supervisor.child.start', input: { supervisor: 'ops', child } };
      expect(await codeOf(kernel.perform(add, handle))).toBe('CapabilityDenied');
      const bounded = await derive(test, { rights, caveats: { count: 2 } }, handle);
      const often = { kind: 'schedule.set', input: { name: 's', job: { kind: 'echo' }, everyMs: 1_000 } };
      expect(await refusalOf(kernel.perform(often, bounded))).toMatchObject({ data: { caveat: 'count' } });
      await derive(test, { rights: ['job.submit:echo'] }, bounded);
      await derive(test, { rights: ['job.submit:echo'] }, bounded);
      expect(await codeOf(derive(test, { rights: ['job.submit:echo'] }, bounded))).toBe('CapabilityDenied');
      // Of a thousand below the first, whoever of them derives.
      let one = await derive(test, { rights: ['job.submit:echo'] });
      const first = one;
      for (let n = 0; n < 30; n++) one = await derive(test, { rights: ['job.submit:echo'] }, one);
      for (let n = 30; n < 1_000; n++) await derive(test, { rights: ['job.submit:echo'] }, first);
      expect(await codeOf(derive(test, { rights: ['job.submit:echo'] }, one))).toBe('TooManyCapabilities');
      const long = Array.from({ length: 5 }, (_, n) => `job.submit:${'x'.repeat(900)}${n}`);
      expect(await codeOf(derive(test, { rights: long }, handle))).toBe('InvalidInput');
      await test.perform({ kind: 'supervisor.stop', input: { supervisor: 'ops' } });
      await test.runUntilIdle();
    }),
  );

  it(
    'leaves nothing running, waiting or starting again when the handle is revoked, over a crash, too',
    withKernel({ kinds: [...kinds, waiter], concurrency: 2 }, async (test) => {
      const { kernel } = test;
      const handle = await derive(test, { rights: ['job.submit:*', 'supervisor.start:*', 'fact.emit:**'] });
      const children = [{ id: 'calm', kind: 'polite' }];
      const inner = { intensity: 1_000, children };
      const input = {
        id: 'top',
        intensity: 1_000,
        children: [{ id: 'n', supervisor: 'inner' }],
        supervisors: { inner },
      };
      await kernel.perform({ kind: 'supervisor.start', input }, handle);
      const waits = await kernel.enqueue({ kind: waiter, input: { ms: 86_400_000, topic: 't' } }, handle);
      await test.runUntilIdle();
      const before = kernel.log.head.position;
      await revoke(test, handle);
      await test.restart();
      await test.runUntilIdle();
      // At once, not when its time comes.
      expect(await test.job(waits.job)).toMatchObject({
        status: 'failed',
        outcome: { error: { code: 'CapabilityDenied' } },
      });
      expect(
        await test.kernel.read(({ supervisors }) => [...supervisors.list()].filter(({ ended }) => !ended)),
      ).toEqual([]);
      expect(test.kernel.log.head.position - before).toBeLessThan(60);
    }),
  );
});
