import { driverEffect, sensitive } from '@tksm/abstractions';
import type { CapabilityHandle, Command, Driver, TrustPolicy } from '@tksm/abstractions';
import { defineOperation } from '@tksm/core';
import { createMemoryVault } from '@tksm/drivers-memory';
import { codeOf, echo, withKernel } from '@tksm/kernel-tests';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

const phone: Driver = {
  name: 'phone',
  operations: {
    ring: driverEffect({
      summary: 'rings a number',
      input: z.object({ number: z.string() }),
      asks: ({ number }) => [{ action: 'phone.ring', resource: number }],
      run: ({ number }) => ({ rang: number }),
    }),
  },
};
const ring = (number: unknown, options: Partial<Command> = {}): Command => ({
  kind: 'driver.call',
  input: { driver: 'phone', op: 'ring', number },
  ...options,
});
const useOf = (number: string) => [{ action: 'phone.ring', resource: number }];
const debounce = { key: 'k', ms: 1_000 };
const drivers = [phone];

describe('a handle without any right to a call', () => {
  it(
    'is answered with no job, by a dedup key, a command id, or in a batch',
    withKernel({ drivers }, async ({ kernel, clock }) => {
      const notBefore = clock.now() + 60_000;
      await kernel.enqueue(ring('911', { dedupKey: 'k', notBefore }), kernel.operator);
      await kernel.enqueue(ring('911', { id: 'c', notBefore }), kernel.operator);
      await kernel.enqueueAll([ring('911', { notBefore })], kernel.operator, { id: 'batch' });
      const none = await kernel.derive({ rights: ['var.get:x'] }, kernel.operator);
      const other = await kernel.derive({ rights: ['phone.ring:112'] }, kernel.operator);
      for (const handle of [none, other]) {
        const refusalOf = (command: Command) => codeOf(kernel.enqueue(command, handle));
        expect(await refusalOf(ring('911', { dedupKey: 'k' }))).toBe('CapabilityDenied');
        expect(await refusalOf(ring('911', { id: 'c' }))).toBe('CapabilityDenied');
        const batch = kernel.enqueueAll([ring('911', { notBefore })], handle, { id: 'batch' });
        expect(await codeOf(batch)).toBe('CapabilityDenied');
      }
    }),
  );

  it(
    'learns of no driver, and of no input that it takes, but of those that it has a right to',
    withKernel({ drivers }, async ({ kernel }) => {
      const refusalOf = (input: object, handle: CapabilityHandle): Promise<unknown> =>
        kernel.enqueue({ kind: 'driver.call', input }, handle).catch((error: unknown) => error);
      const denied = { code: 'CapabilityDenied', data: { right: 'job.submit:driver.call' } };
      const none = await kernel.derive({ rights: ['var.get:x', 'phone:x'] }, kernel.operator);
      expect(await refusalOf({ driver: 'fax', op: 'ring' }, none)).toMatchObject(denied);
      expect(await refusalOf({ driver: 'phone', op: 'fax' }, none)).toMatchObject(denied);
      expect(await refusalOf({ driver: 'phone', op: 'ring', number: 1 }, none)).toMatchObject(denied);
      for (const right of ['phone.ring:1', 'phone.*:1']) {
        const some = await kernel.derive({ rights: [right] }, kernel.operator);
        expect(await refusalOf({ driver: 'fax', op: 'ring' }, some)).toMatchObject(denied);
        const unsupported = { code: 'UnsupportedOperation', next: 'there is ring' };
        expect(await refusalOf({ driver: 'phone', op: 'fax' }, some)).toMatchObject(unsupported);
      }
      const all = await kernel.derive({ rights: ['job.submit:driver.call'] }, kernel.operator);
      const unsupported = { code: 'UnsupportedOperation', next: 'there is phone' };
      expect(await refusalOf({ driver: 'fax', op: 'ring' }, all)).toMatchObject(unsupported);
    }),
  );

  it('has nothing sealed, nor has one without any right to an operation', async () => {
    const vault = createMemoryVault();
    const puts: unknown[] = [];
    const put = vault.put.bind(vault);
    vault.put = (...args) => {
      puts.push(args);
      return put(...args);
    };
    const note = defineOperation({
      name: 'book.note',
      asks: () => [{ action: 'book.note', resource: 'x' }],
      decide: () => ({ output: null, rewrite: { puts: [['book/x', 1]] } }),
    });
    await withKernel({ vault, drivers, kinds: [note] }, async ({ kernel }) => {
      const jane = sensitive('Jane Doe', { subject: 'jane' });
      const none = await kernel.derive({ rights: ['var.get:x', 'phone.ring:*'] }, kernel.operator);
      expect(await codeOf(kernel.enqueue(ring(jane), none))).toBe('CapabilityDenied');
      expect(await codeOf(kernel.enqueueAll([ring(jane)], none))).toBe('CapabilityDenied');
      const operation = { kind: note, input: { name: jane } };
      expect(await codeOf(kernel.perform(operation, none))).toBe('CapabilityDenied');
      expect(puts).toEqual([]);
      const rights = ['job.submit:driver.call', 'operation.perform:book.note', 'book.note:x'];
      const some = await kernel.derive({ rights }, kernel.operator);
      expect(await codeOf(kernel.enqueue(ring(jane), some))).toBe('resolved');
      expect(await codeOf(kernel.perform(operation, some))).toBe('resolved');
      expect(puts).toHaveLength(2);
    })();
  });
});

describe('who has the right of a call', () => {
  it(
    'submits it again under a key; the log says what each submission was allowed as',
    withKernel({ drivers }, async (test) => {
      const { kernel, clock } = test;
      const rights = ['phone.ring:*'];
      const handle = await kernel.derive({ rights, caveats: { count: 2 } }, kernel.operator);
      const { job } = await kernel.enqueue(ring('1', { debounce }), handle);
      const again = await kernel.enqueue(ring('2', { debounce, id: 'again' }), handle);
      expect(again).toMatchObject({ job, existing: true });
      expect(await kernel.read(({ jobs }) => jobs.get(job)?.spec)).toMatchObject({ uses: useOf('2') });
      const keyed = { dedupKey: 'k', notBefore: clock.now() + 60_000 };
      const first = await kernel.enqueue(ring('3', keyed), handle);
      const twin = await kernel.enqueue(ring('4', { ...keyed, id: 'twin' }), handle);
      expect(twin).toMatchObject({ job: first.job, existing: true });
      const told = (await test.events()).flatMap(({ event }) =>
        event.type === 'job.debounced' || event.type === 'job.deduplicated' ? [[event.job, event.uses]] : [],
      );
      expect(told).toEqual([
        [job, useOf('2')],
        [first.job, useOf('4')],
      ]);
      // Counted when they call, no sooner.
      expect(await test.outcome(job)).toEqual({ status: 'succeeded', output: { rang: '2' } });
      expect(await test.outcome(first.job)).toEqual({ status: 'succeeded', output: { rang: '3' } });
    }),
  );

  it(
    'gives a waiting job no input that it has no right to, nor a secret',
    withKernel({ drivers, kinds: [echo] }, async ({ kernel }) => {
      const rights = ['phone.ring:1', 'job.submit:echo'];
      const handle = await kernel.derive({ rights }, kernel.operator);
      await kernel.enqueue(ring('1', { debounce }), handle);
      await kernel.enqueue({ kind: echo, debounce }, handle);
      for (const number of ['2', { $secretRef: 'pin' }, { $output: { job: '0'.repeat(32) } }])
        expect(await codeOf(kernel.enqueue(ring(number, { debounce }), handle))).toBe('CapabilityDenied');
      const secret = { kind: echo, input: { $secretRef: 'pin' }, debounce };
      expect(await codeOf(kernel.enqueue(secret, handle))).toBe('CapabilityDenied');
    }),
  );

  it('is judged by the trust policy for each input of a waiting job', async () => {
    const trustPolicy: TrustPolicy = {
      name: 'no-operator-lines',
      judgesOwner: true,
      refuses: ({ uses = [] }) =>
        uses.some(({ resource }) => resource === '0') ? 'not that one' : undefined,
    };
    await withKernel({ drivers, trustPolicy }, async (test) => {
      const { kernel } = test;
      const handle = await kernel.derive({ rights: ['phone.ring:*'] }, kernel.operator);
      const { job } = await kernel.enqueue(ring('1', { debounce }), handle);
      expect(await codeOf(kernel.enqueue(ring('0', { debounce }), handle))).toBe('NotAdmitted');
      expect(await test.outcome(job)).toMatchObject({ output: { rang: '1' } });
    })();
  });

  it(
    'drops what a job needed once its input is known only later',
    withKernel({ drivers }, async ({ kernel }) => {
      const rights = ['phone.ring:*', 'job.submit:driver.call', 'secret.use:pin'];
      const handle = await kernel.derive({ rights }, kernel.operator);
      const { job } = await kernel.enqueue(ring('1', { debounce }), handle);
      await kernel.enqueue(ring({ $secretRef: 'pin' }, { debounce }), handle);
      expect(await kernel.read(({ jobs }) => jobs.get(job)?.spec)).not.toHaveProperty('uses');
    }),
  );
});
