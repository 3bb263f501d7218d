import { KernelError } from '@tksm/abstractions';
import type { SecretRef, Value } from '@tksm/abstractions';
import { defineKind } from '@tksm/core';
import { codeOf, echo, withKernel } from '@tksm/kernel-tests';
import { describe, expect, it } from 'vitest';

const SECRET = 'correct-horse-battery';
const secrets = {
  resolve: async ({ secretRef }: SecretRef): Promise<string> => {
    if (secretRef === 'api') return SECRET;
    throw new KernelError('SecretMissing', `no ${secretRef}`);
  },
};
const ref = { $secretRef: 'api' };

const seen: unknown[] = [];
/** Lets its secret slip in every way there is. */
const leaky = defineKind<{ readonly token: string; readonly fail?: boolean }, Value>({
  name: 'leaky',
  secrets: ['/token'],
  async run({ token, fail }, context) {
    seen.push(token, [...context.secrets]);
    if (fail === true) throw new Error(`401 for ${token}`);
    context.emit('called', { with: `Bearer ${token}` });
    context.vars.set('last', `used ${token}`);
    await context.step('call', () => ({ [token]: token }));
    return `answered ${token}`;
  },
});
const reader = defineKind<null, string>({
  name: 'reader',
  async run(_input, { vars }) {
    const found = await vars.get('api/token');
    seen.push(found?.value);
    return 'read';
  },
});

const kinds = [leaky, reader, echo];

describe('a secret by reference', () => {
  it(
    'is there for the handler, and in nothing that is logged',
    withKernel({ kinds, secrets }, async (test) => {
      seen.length = 0;
      const { job } = await test.enqueue({ kind: 'leaky', input: { token: ref } });
      expect(await test.outcome(job)).toEqual({ status: 'succeeded', output: 'answered ***' });
      expect(seen).toEqual([SECRET, [SECRET]]);
      const log = JSON.stringify(await test.events());
      expect(log).toContain('"$secretRef":"api"');
      expect(log).not.toContain(SECRET);
    }),
  );

  it(
    'is masked in what a failure says',
    withKernel({ kinds, secrets }, async (test) => {
      const input = { token: ref, fail: true };
      const outcome = await test.run({ kind: 'leaky', input, retry: { maxAttempts: 1 } });
      expect(outcome).toMatchObject({ status: 'failed', error: { message: '401 for ***' } });
      expect(JSON.stringify(await test.events())).not.toContain(SECRET);
    }),
  );

  it(
    'goes to a child by its name',
    withKernel({ kinds, secrets }, async (test) => {
      const parent = defineKind<{ readonly token: string }, string>({
        name: 'parent',
        childPolicy: 'await',
        run: ({ token }, context) => context.submit({ kind: 'leaky', input: { token } }),
      });
      await test.restart({ kinds: [...kinds, parent] });
      expect(await test.run({ kind: 'parent', input: { token: ref } })).toMatchObject({
        status: 'succeeded',
      });
      expect(JSON.stringify(await test.events())).not.toContain(SECRET);
    }),
  );

  it(
    'that nobody knows fails the job',
    withKernel({ kinds, secrets }, async (test) => {
      const outcome = await test.run({ kind: 'echo', input: { $secretRef: 'other' } });
      expect(outcome).toMatchObject({ status: 'failed', error: { code: 'SecretMissing' } });
    }),
  );

  it(
    'may be the value of a variable',
    withKernel({ kinds, secrets }, async (test) => {
      seen.length = 0;
      await test.perform({ kind: 'var.set', input: { name: 'api/token', value: ref } });
      await test.run({ kind: 'reader' });
      expect(seen).toEqual([SECRET]);
      const { output } = await test.perform({ kind: 'var.get', input: { name: 'api/token' } });
      expect(output).toMatchObject({ value: ref });
    }),
  );
});

describe('a secret in clear', () => {
  const refused = { code: 'SecretInClear' };
  it(
    'is refused where a kind takes a reference, and stands nowhere afterwards',
    withKernel({ kinds, secrets }, async (test) => {
      const command = { kind: 'leaky', input: { token: SECRET } };
      const error: unknown = await test.enqueue(command).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ ...refused, data: { at: '/token' } });
      expect(JSON.stringify(error) + String(error)).not.toContain(SECRET);
      expect(await codeOf(test.kernel.enqueueAll([command], test.kernel.operator))).toBe('SecretInClear');
      const parent = defineKind({
        name: 'parent',
        run: (_input, context) => context.submit(command),
      });
      await test.restart({ kinds: [...kinds, parent] });
      expect(await test.run({ kind: parent })).toMatchObject({ status: 'failed', error: refused });
      expect(JSON.stringify(await test.events())).not.toContain(SECRET);
    }),
  );

  it(
    'is refused in a variable that looks like one',
    withKernel({ kinds, secrets }, async (test) => {
      const set = (name: string, value: Value) => test.perform({ kind: 'var.set', input: { name, value } });
      expect(await codeOf(set('api/token', SECRET))).toBe('SecretInClear');
      expect(await codeOf(set('db', { host: 'a', password: SECRET }))).toBe('SecretInClear');
      expect(await codeOf(set('db', { host: 'a', password: ref }))).toBe('resolved');
      expect(await codeOf(set('limits/tokens', 20))).toBe('resolved');
      expect(JSON.stringify(await test.events())).not.toContain(SECRET);
    }),
  );
});
