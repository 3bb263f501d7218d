import { isKernelError } from '@tksm/abstractions';
import type { CapabilityGrant, SerializedError } from '@tksm/abstractions';
import { financeOperations } from '@tksm/extensions-finance';
import { userOperations } from '@tksm/extensions-users';
import { codeOf, withKernel } from '@tksm/kernel-tests';
import type { TestKernel } from '@tksm/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const kinds = [...financeOperations(), ...userOperations()];
const eur = { account: 'ada', asset: 'eur' };
const transfer = { from: 'ada', to: 'bob', asset: 'eur' };

const finance = (test: TestKernel, op: string, input: object) =>
  test.perform({ kind: `finance.${op}`, input });

/** Performs as a handle that has no more than the grant. */
async function under({ kernel }: TestKernel, grant: CapabilityGrant) {
  const handle = await kernel.derive(grant, kernel.operator);
  return (kind: string, input: object) => codeOf(kernel.perform({ kind, input }, handle));
}

/** An error as it would be sent. */
async function sent(promise: Promise<unknown>): Promise<SerializedError | undefined> {
  const error: unknown = await promise.catch((thrown: unknown) => thrown);
  return isKernelError(error) ? (JSON.parse(JSON.stringify(error)) as SerializedError) : undefined;
}

describe('a family that is not registered', () => {
  it(
    'is an unsupported operation, each time the same, and can be sent',
    withKernel({}, async (test) => {
      const { log } = test.kernel;
      const before = log.head.position;
      for (const kind of [
        'finance.mint',
        'finance.transfer',
        'finance.burn',
        'finance.balance',
        'users.create',
      ]) {
        const refusals = [await sent(test.perform({ kind, input: eur })), await sent(test.perform({ kind }))];
        expect(refusals[0]).toMatchObject({ code: 'UnsupportedOperation' });
        expect(refusals[1]).toEqual(refusals[0]);
      }
      expect(log.head.position).toBe(before);
    }),
  );

  it(
    'says the same with and without a right to it',
    withKernel({}, async (test) => {
      const perform = await under(test, { rights: ['finance.*:**'] });
      expect(await perform('finance.mint', { ...eur, amount: '1' })).toBe('UnsupportedOperation');
    }),
  );
});

describe('the family finance', () => {
  it(
    'records what it does as one event, with the right it was allowed by',
    withKernel({ kinds }, async (test) => {
      const { kernel } = test;
      const handle = await kernel.derive({ rights: ['finance.mint:ada/*'] }, kernel.operator);
      const before = kernel.log.head.position;
      await kernel.perform({ kind: 'finance.mint', input: { ...eur, amount: 100n } }, handle);
      const events = (await test.events()).slice(before).map(({ event }) => event);
      expect(events).toMatchObject([
        {
          type: 'world.rewritten',
          by: handle.id,
          fact: { name: 'finance.asset-minted', data: { ...eur, amount: '100' } },
          uses: [{ action: 'finance.mint', resource: 'ada/eur', amount: '100' }],
        },
      ]);
    }),
  );

  it(
    'is denied without the right, on another account, and on another asset',
    withKernel({ kinds }, async (test) => {
      await finance(test, 'mint', { ...eur, amount: '100' });
      const perform = await under(test, { rights: ['finance.transfer:ada/eur', 'finance.balance:ada/*'] });
      expect(await perform('finance.transfer', { ...transfer, amount: '1' })).toBe('resolved');
      expect(await perform('finance.balance', eur)).toBe('resolved');
      for (const [op, input] of [
        ['transfer', { ...transfer, from: 'bob', to: 'ada', amount: '1' }],
        ['transfer', { ...transfer, asset: 'usd', amount: '1' }],
        ['mint', { ...eur, amount: '1' }],
        ['burn', { ...eur, amount: '1' }],
        ['balance', { ...eur, account: 'bob' }],
      ] as const) {
        expect(await perform(`finance.${op}`, input)).toBe('CapabilityDenied');
      }
    }),
  );

  it(
    'is bounded by the amount of a handle, and of those above it',
    withKernel({ kinds }, async (test) => {
      await finance(test, 'mint', { ...eur, amount: '100' });
      const rights = ['finance.transfer:ada/*'];
      const perform = await under(test, { rights, caveats: { amount: '10' } });
      expect(await perform('finance.transfer', { ...transfer, amount: '10' })).toBe('resolved');
      expect(await perform('finance.transfer', { ...transfer, amount: '11' })).toBe('CapabilityDenied');
      expect(await perform('finance.transfer', { ...transfer, amount: '11', asset: 'usd' })).toBe(
        'CapabilityDenied',
      );
      expect((await finance(test, 'balance', eur)).output).toEqual({ balance: '90' });
    }),
  );

  it(
    'does a command once, and says what is missing as data',
    withKernel({ kinds }, async (test) => {
      const { kernel } = test;
      const command = { kind: 'finance.mint', input: { ...eur, amount: '5' }, id: 'mint-1' };
      const first = await kernel.perform(command, kernel.operator);
      expect(await kernel.perform(command, kernel.operator)).toEqual(first);
      const short = sent(finance(test, 'transfer', { ...transfer, amount: '6' }));
      expect(await short).toMatchObject({
        code: 'InsufficientBalance',
        data: { entity: 'ada', needed: '6', available: '5' },
      });
      expect(await codeOf(finance(test, 'burn', { account: 'ada', asset: 'usd', amount: '1' }))).toBe(
        'UnknownEntity',
      );
    }),
  );

  it('keeps what there is through restarts and replays', async () => {
    const name = fc.constantFrom('ada', 'bob', 'cy');
    const amount = fc.bigInt({ min: 0n, max: 50n });
    const act = fc.record({
      op: fc.constantFrom('mint', 'burn', 'transfer', 'restart'),
      from: name,
      to: name,
      amount,
    });
    await fc.assert(
      fc.asyncProperty(fc.array(act, { maxLength: 12 }), async (trace) => {
        await withKernel({ kinds }, async (test) => {
          let made = 0n;
          for (const { op, from, to, amount: moved } of trace) {
            if (op === 'restart') await test.restart();
            else {
              const input = op === 'transfer' ? { from, to } : { account: from };
              const code = await codeOf(finance(test, op, { ...input, asset: 'eur', amount: moved }));
              if (code === 'resolved') made += op === 'mint' ? moved : op === 'burn' ? -moved : 0n;
            }
          }
          const kept = await test.kernel
            .read((state) => state.world())
            .then((world) => ({
              balances: [...world.scan({ prefix: 'finance/balances/eur/' })].map(([, { value }]) =>
                BigInt(String(value)),
              ),
              supply: BigInt(String(world.get('finance/supplies/eur')?.value ?? 0)),
            }));
          expect(kept.supply).toBe(made);
          expect(kept.balances.reduce((sum, one) => sum + one, 0n)).toBe(made);
        })();
      }),
      { numRuns: 20 },
    );
  });
});

describe('the family users', () => {
  it(
    'gives roles within the right alone: one to give a role is none to give another',
    withKernel({ kinds }, async (test) => {
      const perform = await under(test, { rights: ['users.create:*', 'users.assign-role:*/reader'] });
      expect(await perform('users.create', { user: 'ada' })).toBe('resolved');
      expect(await perform('users.assign-role', { user: 'ada', role: 'reader' })).toBe('resolved');
      expect(await perform('users.assign-role', { user: 'ada', role: 'admin' })).toBe('CapabilityDenied');
      expect(await perform('users.remove-role', { user: 'ada', role: 'reader' })).toBe('CapabilityDenied');
      expect(await perform('users.assign-role', { user: 'bob', role: 'reader' })).toBe('UnknownEntity');
    }),
  );
});
