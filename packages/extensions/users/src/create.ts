import { deferredSchema, KernelError, kindName } from '@tksm/abstractions';
import type { Decision, OperationKind, OperationView } from '@tksm/abstractions';
import { findUser, idField, useOf, USER_LIMITS, userRewrite, userView } from './user.ts';

export interface CreateInput {
  readonly user: string;
  /** For people: up to 256 characters. It goes into the log. */
  readonly name?: string | undefined;
}

const createInput = deferredSchema<CreateInput>('tksm', async () => {
  const { z } = await import('zod');
  const name = z.string().min(1).max(USER_LIMITS.maxNameLength).optional();
  return z.strictObject({ user: idField(z), name });
});

/**
 * `users.create` { user, name? }: gives the user, without roles.
 *
 * @throws KernelError `InvalidOperation` when there is one of that name
 */
export function createOperation(): OperationKind<CreateInput> {
  return Object.freeze({
    class: 'operation' as const,
    name: kindName('users.create'),
    summary: 'Creates a user: { user, name? }',
    input: createInput,
    asks: ({ user }: CreateInput) => [useOf('create', user)],
    decide({ user, name }: CreateInput, { world }: OperationView): Decision {
      if (findUser(world, user) !== undefined) {
        throw new KernelError('InvalidOperation', `there is a user ${user} already`, {
          data: { entity: user },
        });
      }
      const created = { ...(name !== undefined && { name }), roles: [] };
      return {
        output: userView(user, created),
        fact: { name: 'users.user-created', data: { user } },
        rewrite: userRewrite(user, created),
      };
    },
  });
}
