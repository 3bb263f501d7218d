import { driverDecision, driverEffect, isKernelError, KernelError } from '@tksm/abstractions';
import type { Driver, RightUse, Value } from '@tksm/abstractions';
import { defineKind, defineOperation } from '@tksm/core';
import { codeOf, withKernel } from '@tksm/kernel-tests';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

const dial = z.object({ number: z.string() });
const entry = z.object({ key: z.string(), value: z.number().optional() });

/** A telephone: what it was told to ring, and under which key. */
function phone(onRing: (number: string) => void = () => undefined) {
  const rung: { readonly number: string; readonly key: string; readonly uses: readonly RightUse[] }[] = [];
  const driver: Driver = {
    name: 'phone',
    operations: {
      ring: driverEffect({
        summary: 'rings a number',
        input: dial,
        asks: ({ number }) => [{ action: 'phone.ring', resource: number, host: `${number}.example` }],
        run: async ({ number }, permit, call) => {
          onRing(number);
          rung.push({ number, key: call.key, uses: permit.uses });
          if (number === 'switchboard')
            await call.authorise([{ action: 'phone.ring', resource: 'boss', host: 'boss.example' }]);
          return { answered: number };
        },
      }),
      note: driverEffect({
        summary: 'writes a number into the book, by another driver',
        input: dial,
        asks: ({ number }) => [{ action: 'phone.note', resource: number }],
        run: ({ number }, _permit, call) => call.call('book', 'put', { key: number, value: 1 }),
      }),
    },
  };
  return { driver, rung };
}

const book: Driver = {
  name: 'book',
  operations: {
    put: driverDecision({
      summary: 'puts a number',
      input: entry,
      asks: ({ key }) => [{ action: 'book.put', resource: key }],
      decide: ({ key, value = 0 }, { key: effect }) => ({
        output: effect,
        rewrite: { puts: [[key === 'stray' ? 'world/stray' : `book/${key}`, value]] },
      }),
    }),
    get: driverDecision({
      summary: 'looks a number up',
      input: entry,
      asks: ({ key }) => [{ action: 'book.get', resource: key }],
      decide: ({ key }, { world }) => ({ output: (world.get(`book/${key}`)?.value ?? null) as Value }),
    }),
  },
};

interface Call {
  readonly driver: string;
  readonly op: string;
  readonly input: object;
}
const caller = defineKind<Call, Value>({
  name: 'caller',
  run: ({ driver, op, input }, { call }) => call(driver, op, input),
});
const call = (driver: string, op: string, input: object = {}) => ({
  kind: 'driver.call',
  input: { driver, op, ...input },
});

describe('driver.call', () => {
  it('is served for who has the right of the call, and needs no other; the log says what it was allowed as', async () => {
    const { driver, rung } = phone();
    await withKernel({ drivers: [driver] }, async (test) => {
      const { kernel } = test;
      const handle = await kernel.derive({ rights: ['phone.ring:911'] }, kernel.operator);
      const { job } = await kernel.enqueue(call('phone', 'ring', { number: '911' }), handle);
      expect(await test.outcome(job)).toEqual({ status: 'succeeded', output: { answered: '911' } });
      const uses = [{ action: 'phone.ring', resource: '911', host: '911.example' }];
      expect(rung).toEqual([{ number: '911', key: `${job}/0#1`, uses }]);
      const events = (await test.events()).map(({ event }) => event);
      expect(events.find(({ type }) => type === 'driver.called')).toMatchObject({ by: handle.id, job, uses });
      const refused = kernel.enqueue(call('phone', 'ring', { number: '999' }), handle);
      await expect(refused).rejects.toMatchObject({
        code: 'CapabilityDenied',
        data: { right: 'phone.ring:999' },
      });
      expect(rung).toHaveLength(1);
    })();
  });

  it('is judged by caveats when it is submitted, and counted when it calls', async () => {
    const { driver } = phone();
    await withKernel({ drivers: [driver] }, async (test) => {
      const { kernel } = test;
      const rights = ['phone.ring:*'];
      const local = await kernel.derive({ rights, caveats: { hosts: ['911.example'] } }, kernel.operator);
      expect(await codeOf(kernel.enqueue(call('phone', 'ring', { number: '1' }), local))).toBe(
        'CapabilityDenied',
      );
      const thrice = await kernel.derive({ rights, caveats: { count: 3 } }, kernel.operator);
      for (const number of ['1', '2', '3']) {
        const { job } = await kernel.enqueue(call('phone', 'ring', { number }), thrice);
        expect(await test.outcome(job)).toMatchObject({ status: 'succeeded' });
      }
      expect(await codeOf(kernel.enqueue(call('phone', 'ring', { number: '4' }), thrice))).toBe(
        'CapabilityDenied',
      );
    })();
  });

  it(
    'refuses drivers and operations that are not there, and input that does not fit',
    withKernel({ drivers: [phone().driver] }, async ({ kernel }) => {
      const refusalOf = (command: { kind: string; input: object }) =>
        codeOf(kernel.enqueue(command, kernel.operator));
      expect(await refusalOf(call('fax', 'ring'))).toBe('UnsupportedOperation');
      expect(await refusalOf(call('phone', 'toString'))).toBe('UnsupportedOperation');
      expect(await refusalOf(call('phone', 'ring', { number: 5 }))).toBe('InvalidInput');
      expect(await refusalOf(call('phone', 'ring', { number: '../1' }))).toBe('InvalidInput');
      expect(await refusalOf({ kind: 'driver.call', input: {} })).toBe('InvalidInput');
    }),
  );

  it(
    'is no kind of a kernel without drivers',
    withKernel({}, async ({ kernel }) => {
      expect(await codeOf(kernel.enqueue(call('phone', 'ring'), kernel.operator))).toBe(
        'UnsupportedOperation',
      );
    }),
  );
});

describe("a handler's call", () => {
  it('goes by the right of who submitted the job; a refusal is in the log though the handler catches it', async () => {
    const { driver, rung } = phone();
    const swallow = defineKind<Call, string>({
      name: 'swallow',
      run: async ({ driver: name, op, input }, context) => {
        try {
          await context.call(name, op, input);
          return 'served';
        } catch (error) {
          return isKernelError(error) ? error.code : 'other';
        }
      },
    });
    await withKernel({ drivers: [driver], kinds: [swallow] }, async (test) => {
      const { kernel } = test;
      const rights = ['job.submit:*', 'phone.ring:1'];
      const handle = await kernel.derive({ rights }, kernel.operator);
      const input = { driver: 'phone', op: 'ring', input: { number: '2' } };
      const { job } = await kernel.enqueue({ kind: swallow, input }, handle);
      expect(await test.outcome(job)).toEqual({ status: 'succeeded', output: 'CapabilityDenied' });
      expect(rung).toEqual([]);
      const told = (await test.events()).find(({ event }) => event.type === 'capability.denied');
      expect(told?.event).toMatchObject({ handle: handle.id, right: 'phone.ring:2', job });
    })();
  });

  it('stays within what the job claims, though its handle has more', async () => {
    const { driver, rung } = phone();
    await withKernel({ drivers: [driver], kinds: [caller] }, async (test) => {
      const run = (number: string, claims: readonly string[]) =>
        test.run({
          kind: caller,
          input: { driver: 'phone', op: 'ring', input: { number } },
          claims,
          retry: { maxAttempts: 1 },
        });
      expect(await run('1', ['phone.ring:1'])).toMatchObject({ status: 'succeeded' });
      expect(await run('2', ['phone.ring:1'])).toMatchObject({ error: { code: 'CapabilityDenied' } });
      expect(rung.map(({ number }) => number)).toEqual(['1']);
      const { kernel } = test;
      const handle = await kernel.derive({ rights: ['job.submit:caller', 'phone.ring:1'] }, kernel.operator);
      const input = { driver: 'phone', op: 'ring', input: { number: '1' } };
      const wide = kernel.enqueue({ kind: caller, input, claims: ['phone.ring:*'] }, handle);
      expect(await codeOf(wide)).toBe('CapabilityDenied');
    })();
  });

  it('asks anew for what shows only under way', async () => {
    const { driver } = phone();
    await withKernel({ drivers: [driver] }, async (test) => {
      const { kernel } = test;
      const handle = await kernel.derive({ rights: ['phone.ring:switchboard'] }, kernel.operator);
      const { job } = await kernel.enqueue(call('phone', 'ring', { number: 'switchboard' }), handle);
      expect(await test.outcome(job)).toMatchObject({
        status: 'failed',
        error: { code: 'CapabilityDenied', data: { right: 'phone.ring:boss' } },
      });
    })();
  });

  it('is refused once the handle is revoked while the job runs', async () => {
    const rings: string[] = [];
    const { driver } = phone((number) => rings.push(number));
    let revoke = (): Promise<unknown> => Promise.resolve();
    const twice = defineKind({
      name: 'twice',
      run: async (_input, context) => {
        await context.call('phone', 'ring', { number: '1' });
        await revoke();
        await context.call('phone', 'ring', { number: '2' });
      },
    });
    await withKernel({ drivers: [driver], kinds: [twice] }, async (test) => {
      const { kernel } = test;
      const handle = await kernel.derive({ rights: ['job.submit:*', 'phone.ring:*'] }, kernel.operator);
      revoke = () =>
        kernel.perform({ kind: 'capability.revoke', input: { handle: handle.id } }, kernel.operator);
      const { job } = await kernel.enqueue({ kind: twice }, handle);
      expect(await test.outcome(job)).toMatchObject({
        status: 'failed',
        error: { code: 'CapabilityDenied' },
      });
      expect(rings).toEqual(['1']);
    })();
  });

  it('is made again under the same key by a repeated attempt', async () => {
    let fails = 1;
    const { driver, rung } = phone(() => {
      if (fails-- > 0) throw new KernelError('Unreachable', 'line is dead');
    });
    await withKernel({ drivers: [driver], kinds: [caller] }, async (test) => {
      const outcome = await test.run({
        kind: caller,
        input: { driver: 'phone', op: 'ring', input: { number: '1' } },
      });
      expect(outcome).toMatchObject({ status: 'succeeded' });
      const calls = (await test.events()).filter(({ event }) => event.type === 'driver.called');
      expect(calls).toHaveLength(2);
      expect(rung.map(({ key }) => key.split('/')[1])).toEqual(['0#1']);
    })();
  });
});

describe('a deciding driver', () => {
  it('writes its own keys in one rewrite, which says what it was allowed as', async () => {
    const { driver } = phone();
    await withKernel({ drivers: [driver, book] }, async (test) => {
      const { kernel } = test;
      const handle = await kernel.derive({ rights: ['book.*:home'] }, kernel.operator);
      const put = await kernel.enqueue(call('book', 'put', { key: 'home', value: 7 }), handle);
      expect(await test.outcome(put.job)).toMatchObject({ status: 'succeeded', output: `${put.job}/0#1` });
      const get = await kernel.enqueue(call('book', 'get', { key: 'home' }), handle);
      expect(await test.outcome(get.job)).toEqual({ status: 'succeeded', output: 7 });
      const written = (await test.events()).find(({ event }) => event.type === 'world.rewritten');
      expect(written?.event).toMatchObject({
        by: handle.id,
        uses: [{ action: 'book.put', resource: 'home' }],
      });
      const stray = await kernel.enqueue(call('book', 'put', { key: 'stray' }), kernel.operator);
      expect(await test.outcome(stray.job)).toMatchObject({ error: { code: 'InvalidOperation' } });
    })();
  });

  it('is reached through another driver under the same handle', async () => {
    const { driver } = phone();
    await withKernel({ drivers: [driver, book] }, async (test) => {
      const { kernel } = test;
      const half = await kernel.derive({ rights: ['phone.note:*'] }, kernel.operator);
      const refused = await kernel.enqueue(call('phone', 'note', { number: '1' }), half);
      expect(await test.outcome(refused.job)).toMatchObject({ error: { data: { right: 'book.put:1' } } });
      const whole = await kernel.derive({ rights: ['phone.note:*', 'book.put:*'] }, kernel.operator);
      const served = await kernel.enqueue(call('phone', 'note', { number: '1' }), whole);
      expect(await test.outcome(served.job)).toMatchObject({ status: 'succeeded' });
    })();
  });
});

describe('an operation that says what it asks', () => {
  const amounts = z.object({ from: z.string(), amount: z.string() });
  const spend = defineOperation({
    name: 'purse.spend',
    input: amounts,
    asks: ({ from, amount }) => [{ action: 'purse.spend', resource: from, amount }],
    decide: ({ from, amount }) => ({ output: null, rewrite: { puts: [[`purse/${from}`, amount]] } }),
  });
  const steal = defineOperation({
    name: 'purse.steal',
    asks: () => [{ action: 'purse.steal', resource: 'all' }],
    decide: () => ({ output: null, rewrite: { puts: [['bank/gold', 1]] } }),
  });

  it(
    'needs those rights and no other, within the amount, and writes the keys of its family alone',
    withKernel({ kinds: [spend, steal] }, async ({ kernel }) => {
      const rights = ['purse.spend:ann'];
      const ann = await kernel.derive({ rights, caveats: { amount: '10' } }, kernel.operator);
      const perform = (input: object) => codeOf(kernel.perform({ kind: 'purse.spend', input }, ann));
      expect(await perform({ from: 'ann', amount: '10' })).toBe('resolved');
      expect(await perform({ from: 'ann', amount: '11' })).toBe('CapabilityDenied');
      expect(await perform({ from: 'bob', amount: '1' })).toBe('CapabilityDenied');
      expect(await codeOf(kernel.perform({ kind: 'purse.steal' }, kernel.operator))).toBe('InvalidOperation');
    }),
  );
});
