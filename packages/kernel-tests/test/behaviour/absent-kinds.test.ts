import { defineOperation } from '@tksm/core';
import { codeOf, withKernel } from '@tksm/kernel-tests';
import { expect, it } from 'vitest';

const mint = defineOperation({ name: 'finance.mint', decide: () => ({ output: 'minted' }) });

it(
  'a kind that is not here is refused the same each time, is in the log, and leaves the command free for later',
  withKernel({}, async (test) => {
    const command = { kind: 'finance.mint', input: { amount: 5 }, id: 'mint-1' };
    const refusals: unknown[] = [];
    for (let round = 0; round < 2; round++) {
      const error: unknown = await test.kernel
        .submit(command, test.kernel.operator)
        .catch((thrown: unknown) => thrown);
      refusals.push(JSON.parse(JSON.stringify(error)));
    }
    expect(refusals[0]).toMatchObject({ code: 'UnsupportedOperation', data: { kind: 'finance.mint' } });
    expect(refusals[1]).toEqual(refusals[0]);
    const told = (await test.events()).flatMap(({ event }) =>
      event.type === 'command.refused' ? [event] : [],
    );
    expect(told).toHaveLength(2);
    expect(told[0]).toMatchObject({
      handle: 'operator',
      kind: 'finance.mint',
      cmd: 'mint-1',
      error: { code: 'UnsupportedOperation' },
    });
    await test.restart({ kinds: [mint] });
    const { output } = await test.perform({ kind: 'finance.mint', id: 'mint-1' });
    expect(output).toBe('minted');
  }),
);

it(
  'who asks in masses, or for what is no name, does not fill the log',
  withKernel({}, async (test) => {
    const { kernel } = test;
    for (let n = 0; n < 300; n++)
      expect(await codeOf(kernel.submit({ kind: `no.${n}` }, kernel.operator))).toBe('UnsupportedOperation');
    await codeOf(kernel.submit({ kind: 'x'.repeat(100_000) }, kernel.operator));
    const told = (await test.events()).filter(({ event }) => event.type === 'command.refused');
    expect(told).toHaveLength(100);
    await test.advance(1_000);
    await codeOf(kernel.submit({ kind: 'no.more' }, kernel.operator));
    const last = (await test.events()).at(-1)?.event;
    expect(last).toMatchObject({ type: 'command.refused', kind: 'no.more', omitted: 200 });
  }),
);
