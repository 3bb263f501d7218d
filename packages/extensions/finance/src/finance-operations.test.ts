import { isKernelError } from '@tksm/abstractions';
import type { OperationKind } from '@tksm/abstractions';
import { standInDecisions } from '@tksm/drivers-memory';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { financeOperations } from './finance-operations.ts';

function ledger() {
  const kinds = new Map(financeOperations().map((kind) => [String(kind.name), kind as OperationKind<never>]));
  const decisions = standInDecisions();
  const perform = async (name: string, input: object) => {
    const kind = kinds.get(`finance.${name}`);
    if (kind === undefined) throw new Error(name);
    return decisions.perform(kind, input);
  };
  return {
    world: decisions.world,
    perform,
    failure: (name: string, input: object): Promise<string> =>
      perform(name, input).then(
        () => 'none',
        (error: unknown) => (isKernelError(error) ? error.code : String(error)),
      ),
    /** Of an asset. */
    state(asset: string) {
      const prefix = `finance/balances/${asset}/`;
      const balances = [...decisions.world.scan({ prefix })].map(([, { value }]) => BigInt(String(value)));
      return {
        balances,
        supply: BigInt(String(decisions.world.get(`finance/supplies/${asset}`)?.value ?? 0)),
      };
    },
  };
}
const ada = { account: 'ada', asset: 'eur' };

describe('the family finance', () => {
  it('mints, transfers, burns and tells balances', async () => {
    const { perform, state } = ledger();
    const { output } = await perform('mint', { ...ada, amount: '100' });
    expect(output).toEqual({ balance: '100' });
    const transfer = await perform('transfer', { from: 'ada', to: 'bob', asset: 'eur', amount: 40n });
    expect(transfer.output).toEqual({ balance: '60' });
    expect((await perform('burn', { ...ada, amount: 60n })).output).toEqual({ balance: '0' });
    expect((await perform('balance', ada)).output).toEqual({ balance: '0' });
    expect((await perform('balance', { account: 'bob', asset: 'eur' })).output).toEqual({ balance: '40' });
    expect(state('eur')).toEqual({ balances: [40n], supply: 40n });
  });

  it('tells what happened in the past tense, in decimal text', async () => {
    const { perform } = ledger();
    const minted = await perform('mint', { ...ada, amount: 2n ** 100n });
    const amount = (2n ** 100n).toString();
    expect(minted.fact).toEqual({ name: 'finance.asset-minted', data: { ...ada, amount } });
    const burned = await perform('burn', { ...ada, amount: '1' });
    expect(burned.fact).toEqual({ name: 'finance.asset-burned', data: { ...ada, amount: '1' } });
    const moved = await perform('transfer', { from: 'ada', to: 'bob', asset: 'eur', amount: '1' });
    const data = { from: 'ada', to: 'bob', asset: 'eur', amount: '1' };
    expect(moved.fact).toEqual({ name: 'finance.funds-transferred', data });
    expect((await perform('balance', ada)).fact).toBeUndefined();
  });

  it('asks for a right on the holding, with the amount', async () => {
    const { perform } = ledger();
    const resource = 'ada/eur';
    const uses = async (name: string, input: object) => (await perform(name, input)).uses;
    expect(await uses('mint', { ...ada, amount: 9n })).toEqual([
      { action: 'finance.mint', resource, amount: '9' },
    ]);
    const transfer = { from: 'ada', to: 'bob', asset: 'eur', amount: 1n };
    expect(await uses('transfer', transfer)).toEqual([{ action: 'finance.transfer', resource, amount: '1' }]);
    expect(await uses('burn', { ...ada, amount: 1n })).toEqual([
      { action: 'finance.burn', resource, amount: '1' },
    ]);
    expect(await uses('balance', ada)).toEqual([{ action: 'finance.balance', resource }]);
  });

  it('refuses what is not there', async () => {
    const { perform, failure } = ledger();
    for (const [name, input] of [
      ['balance', ada],
      ['burn', { ...ada, amount: 1n }],
      ['transfer', { from: 'ada', to: 'bob', asset: 'eur', amount: 1n }],
    ] as const) {
      expect(await failure(name, input)).toBe('UnknownEntity');
    }
    await perform('mint', { ...ada, amount: 5n });
    await expect(perform('burn', { ...ada, amount: 6n })).rejects.toMatchObject({
      code: 'InsufficientBalance',
      data: { entity: 'ada', asset: 'eur', needed: '6', available: '5' },
    });
    const transfer = { from: 'bob', to: 'ada', asset: 'eur', amount: 1n };
    await expect(perform('transfer', transfer)).rejects.toMatchObject({
      data: { entity: 'bob', needed: '1', available: '0' },
    });
    await perform('burn', { ...ada, amount: 5n });
    expect(await failure('burn', { ...ada, amount: 1n })).toBe('InsufficientBalance');
  });

  it('has an end of what there may be', async () => {
    const { perform, failure } = ledger();
    await perform('mint', { ...ada, amount: 2n ** 128n - 1n });
    expect(await failure('mint', { account: 'bob', asset: 'eur', amount: 1n })).toBe('InvalidOperation');
    expect(await failure('mint', { account: 'bob', asset: 'usd', amount: 1n })).toBe('none');
  });

  it.each<unknown>([
    ...[
      0n,
      -1n,
      2n ** 128n,
      1,
      0.5,
      1e30,
      Number.NaN,
      '',
      '0',
      '-1',
      '+1',
      '01',
      '1.0',
      '1e3',
      ' 1',
      '0x10',
      '٣',
    ],
    ...['9'.repeat(39), '9'.repeat(400), null, undefined, [1n], true],
  ])('refuses the amount %o', async (amount) => {
    const { failure, world } = ledger();
    for (const name of ['mint', 'burn']) expect(await failure(name, { ...ada, amount })).toBe('InvalidInput');
    expect(await failure('transfer', { from: 'ada', to: 'bob', asset: 'eur', amount })).toBe('InvalidInput');
    expect(world.size).toBe(0);
  });

  it.each<unknown>([100, 1.5, '007', 0n, 2n ** 128n, undefined])(
    'says of the amount %o what an amount is',
    async (amount) => {
      await expect(ledger().perform('mint', { ...ada, amount })).rejects.toThrow(
        'whole number from 1 to 2^128 - 1, as decimal text',
      );
    },
  );

  it.each([
    { account: '' },
    { account: 'a/b' },
    { account: '..' },
    { account: '*' },
    { account: 'a b' },
    { account: 'ä' },
    { account: 'a'.repeat(129) },
    { asset: '.x' },
    { asset: 7 },
    { note: 'more' },
  ])('refuses %o', async (part) => {
    expect(await ledger().failure('mint', { ...ada, amount: 1n, ...part })).toBe('InvalidInput');
  });

  it('refuses a transfer from an account to itself', async () => {
    const input = { from: 'ada', to: 'ada', asset: 'eur', amount: 1n };
    expect(await ledger().failure('transfer', input)).toBe('InvalidInput');
  });

  it('neither makes nor loses anything, whatever is tried', async () => {
    const account = fc.constantFrom('ada', 'bob', 'cy');
    const asset = fc.constantFrom('eur', 'usd');
    const amount = fc.oneof(
      fc.bigInt({ min: -2n, max: 60n }),
      fc.constantFrom(2n ** 127n, 2n ** 128n - 1n, 2n ** 128n, '7', '0', 1.5),
    );
    const act = fc.oneof(
      fc.tuple(fc.constantFrom('mint', 'burn'), fc.record({ account, asset, amount })),
      fc.tuple(fc.constant('transfer'), fc.record({ from: account, to: account, asset, amount })),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(act, { maxLength: 25 }), async (trace) => {
        const { failure, state } = ledger();
        const made = new Map<string, bigint>();
        for (const [name, input] of trace) {
          if ((await failure(name, input)) !== 'none' || name === 'transfer') continue;
          const by = BigInt(input.amount) * (name === 'mint' ? 1n : -1n);
          made.set(input.asset, (made.get(input.asset) ?? 0n) + by);
        }
        for (const name of ['eur', 'usd']) {
          const { balances, supply } = state(name);
          expect(balances.reduce((sum, balance) => sum + balance, 0n)).toBe(supply);
          expect(supply).toBe(made.get(name) ?? 0n);
          expect(balances.every((balance) => balance > 0n)).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });
});
