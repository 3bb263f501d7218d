import { driverDecision, driverEffect, isKernelError } from '@tksm/abstractions';
import type { CapabilityHandle, Driver, KernelEvent, Value } from '@tksm/abstractions';
import { defineKind } from '@tksm/core';
import { codeOf, withKernel } from '@tksm/kernel-tests';
import type { TestKernel } from '@tksm/testing';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

const number = z.object({ number: z.string() });
const rung: string[] = [];

const phone: Driver = {
  name: 'phone',
  operations: {
    ring: driverEffect({
      summary: 'rings',
      input: number,
      asks: (input) => [{ action: 'phone.ring', resource: input.number }],
      run: (input) => {
        rung.push(input.number);
        return input.number;
      },
    }),
    note: driverDecision({
      summary: 'notes',
      input: number,
      asks: (input) => [{ action: 'phone.note', resource: input.number }],
      decide: (input) => ({ output: null, rewrite: { puts: [[`phone/${input.number}`, 1]] } }),
    }),
  },
};

async function told<T extends KernelEvent['type']>(
  test: TestKernel,
  type: T,
): Promise<readonly Extract<KernelEvent, { readonly type: T }>[]> {
  const events = (await test.events()).map(({ event }) => event);
  return events.filter((event): event is Extract<KernelEvent, { readonly type: T }> => event.type === type);
}

const ring = (input: Value) => ({
  kind: 'driver.call',
  input: { driver: 'phone', op: 'ring', number: input },
  retry: { maxAttempts: 1 },
});
const derive = (test: TestKernel, ...rights: string[]): Promise<CapabilityHandle> =>
  test.kernel.derive({ rights }, test.kernel.operator);

describe('a refusal in the log', () => {
  const secrets = { resolve: () => Promise.resolve('hunter2-secret') };

  it(
    'has no secret in it, and nothing of what is sealed',
    withKernel({ drivers: [phone], secrets }, async (test) => {
      const handle = await derive(test, 'job.submit:driver.call', 'secret.use:**', 'phone.ring:1');
      const jane = { $sensitive: { subject: 'jane', value: 'Jane Doe 1980' } };
      for (const hidden of [{ $secretRef: 'pw' }, jane]) {
        const { job } = await test.kernel.enqueue(ring(hidden), handle);
        expect(await test.outcome(job)).toMatchObject({ error: { code: 'SecretInClear' } });
      }
      const log = JSON.stringify(await test.events());
      expect(log).not.toContain('hunter2');
      expect(log).not.toContain('Jane Doe');
    }),
  );

  it(
    'is there though the handler swallows it: of a call, a decision, a variable, a job',
    withKernel(
      {
        drivers: [phone],
        kinds: [
          defineKind({
            name: 'probe',
            run: async (_input, { call, vars, jobs, job }) => {
              const codes: Value[] = [];
              const tries = [
                () => call('phone', 'ring', { number: '1' }),
                () => call('phone', 'note', { number: '1' }),
                () => vars.get('root'),
                () => jobs.get((job.spec.input as { readonly other: never }).other),
              ];
              for (const attempt of tries)
                await attempt().catch((error: unknown) =>
                  codes.push(isKernelError(error) ? error.code : 'untyped'),
                );
              return codes;
            },
          }),
        ],
      },
      async (test) => {
        const { job: other } = await test.enqueue(ring('9'));
        const handle = await derive(test, 'job.submit:probe');
        const { job } = await test.kernel.enqueue({ kind: 'probe', input: { other } }, handle);
        expect(await test.outcome(job)).toMatchObject({ output: Array(4).fill('CapabilityDenied') });
        const denied = await told(test, 'capability.denied');
        expect(denied.map(({ right }) => right?.split(':')[0])).toEqual([
          'phone.ring',
          'phone.note',
          'var.get',
          'job.get',
        ]);
        expect(denied.map((event) => event.job)).toEqual([job, job, job, job]);
      },
    ),
  );

  it(
    'is short, and there are not many of them, from however many handles',
    withKernel({}, async (test) => {
      const probe = (handle: CapabilityHandle) =>
        codeOf(test.kernel.perform({ kind: 'var.get', input: { name: 'x'.repeat(5_000) } }, handle));
      for (let n = 0; n < 12; n++) {
        const handle = await derive(test, 'fact.emit:none');
        for (let round = 0; round < 105; round++) await probe(handle);
      }
      const denied = await told(test, 'capability.denied');
      expect(denied).toHaveLength(1_000);
      for (const { right = '' } of denied) expect(right.length).toBeLessThan(300);
    }),
  );
});

describe('a claim', () => {
  const parent = defineKind<{ readonly number: string; readonly claims?: readonly string[] }, null>({
    name: 'parent',
    childPolicy: 'await',
    run: (input, context) => {
      context.submit({ ...ring(input.number), ...(input.claims !== undefined && { claims: input.claims }) });
      return null;
    },
  });

  it(
    'of a job is one of its children, too, who claim no more',
    withKernel({ drivers: [phone], kinds: [parent] }, async (test) => {
      rung.length = 0;
      const run = (input: object) =>
        test.run({ kind: 'parent', input, claims: ['phone.ring:1'], retry: { maxAttempts: 1 } });
      expect(await run({ number: '1' })).toMatchObject({ status: 'succeeded' });
      expect(await run({ number: '999' })).toMatchObject({ status: 'failed' });
      expect(await run({ number: '999', claims: ['phone.ring:*'] })).toMatchObject({
        error: { code: 'CapabilityDenied', data: { right: 'phone.ring:*' } },
      });
      expect(rung).toEqual(['1']);
    }),
  );
});

describe('a revocation', () => {
  it('that comes while a call is not durable yet keeps it from being made', async () => {
    rung.length = 0;
    let revoke = (): Promise<unknown> => Promise.resolve();
    const racer = defineKind({
      name: 'racer',
      run: async (_input, { call }) => {
        const made = call('phone', 'ring', { number: '1' });
        await Promise.all([made, revoke()]);
      },
    });
    await withKernel({ drivers: [phone], kinds: [racer] }, async (test) => {
      const handle = await derive(test, 'job.submit:racer', 'phone.ring:*');
      const { kernel } = test;
      revoke = async () => {
        // The call is recorded by then, and not durable.
        for (let turn = 0; turn < 10; turn++) await Promise.resolve();
        await kernel.perform({ kind: 'capability.revoke', input: { handle: handle.id } }, kernel.operator);
      };
      const { job } = await kernel.enqueue({ kind: racer }, handle);
      expect(await test.outcome(job)).toMatchObject({
        status: 'failed',
        error: { code: 'CapabilityDenied' },
      });
      expect(await told(test, 'driver.called')).toHaveLength(1);
      expect(rung).toEqual([]);
    })();
  });
});
