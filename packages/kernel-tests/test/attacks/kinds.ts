import type { CapabilityClaim, JobId, Value } from '@tksm/abstractions';
import { defineKind } from '@tksm/core';

/** A call of a driver, as a handler makes it. */
export interface Call {
  readonly driver: string;
  readonly op: string;
  readonly input: object;
}

/** Does what its input says with the right of whoever submitted it: a service that trusts what it is told. */
export const service = defineKind<Call, Value>({
  name: 'service',
  retry: { maxAttempts: 1 },
  run: ({ driver, op, input }, { call }) => call(driver, op, input),
});

/** Hands a call on to a child, within claims or not. */
export const broker = defineKind<Call & { readonly claims?: readonly CapabilityClaim[] }, JobId>({
  name: 'broker',
  retry: { maxAttempts: 1 },
  childPolicy: 'await',
  run: ({ claims, ...input }, { submit }) => submit({ kind: service, input, ...(claims && { claims }) }),
});

/** For system plugins alone. */
export const inner = defineKind({ name: 'inner', ring: 1, run: () => 'done' });

/** Submits children of another kind, one after the other. */
export const breeder = defineKind<{ readonly kind: string; readonly times: number }, null>({
  name: 'breeder',
  retry: { maxAttempts: 1 },
  run: ({ kind, times }, { submit }) => {
    for (let n = 0; n < times; n++) submit({ kind, input: n });
    return null;
  },
});

/** Calls again with each attempt, and never has enough. */
export const insistent = defineKind<Call, null>({
  name: 'insistent',
  retry: { maxAttempts: 9 },
  run: async ({ driver, op, input }, { call }) => {
    await call(driver, op, input);
    throw new Error('once more');
  },
});
