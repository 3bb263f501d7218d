import { deferredSchema, kindName } from '@tksm/abstractions';
import type { Decision, OperationKind, OperationView } from '@tksm/abstractions';
import { idField, requireUser, useOf, userView } from './user.ts';

export interface GetInput {
  readonly user: string;
}

const getInput = deferredSchema<GetInput>('tksm', async () => {
  const { z } = await import('zod');
  return z.strictObject({ user: idField(z) });
});

/** `users.get` { user }: gives `{ user, name?, roles }`. Nothing is recorded. @throws KernelError `UnknownEntity` */
export function getOperation(): OperationKind<GetInput> {
  return Object.freeze({
    class: 'operation' as const,
    name: kindName('users.get'),
    summary: 'Tells of a user: { user }',
    input: getInput,
    asks: ({ user }: GetInput) => [useOf('get', user)],
    decide: ({ user }: GetInput, { world }: OperationView): Decision => ({
      output: userView(user, requireUser(world, user)),
    }),
  });
}
