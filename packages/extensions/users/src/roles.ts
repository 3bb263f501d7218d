import { deferredSchema, KernelError, kindName } from '@tksm/abstractions';
import type { Decision, OperationKind, OperationView } from '@tksm/abstractions';
import { idField, requireUser, useOf, USER_LIMITS, userRewrite, userView } from './user.ts';
import type { User } from './user.ts';

export interface RoleInput {
  readonly user: string;
  readonly role: string;
}

const roleInput = deferredSchema<RoleInput>('tksm', async () => {
  const { z } = await import('zod');
  return z.strictObject({ user: idField(z), role: idField(z) });
});

/**
 * `users.assign-role` { user, role }: gives the user. A role that is there already is no error, and nothing is recorded. The right
 * names the role, too, so that one to assign `reader` is none to assign `admin`.
 *
 * @throws KernelError `UnknownEntity`; `InvalidOperation` beyond 64 roles
 */
export function assignRoleOperation(): OperationKind<RoleInput> {
  return roleOperation('assign-role', 'Gives a user a role', 'users.role-assigned', (roles, role) => {
    if (roles.length === USER_LIMITS.maxRoles) {
      throw new KernelError('InvalidOperation', `a user has at most ${USER_LIMITS.maxRoles} roles`);
    }
    return [...roles, role].toSorted();
  });
}

/**
 * `users.remove-role` { user, role }: gives the user. A role that is not there is no error, and nothing is recorded.
 *
 * @throws KernelError `UnknownEntity`
 */
export function removeRoleOperation(): OperationKind<RoleInput> {
  return roleOperation('remove-role', 'Takes a role from a user', 'users.role-removed', (roles, role) =>
    roles.filter((one) => one !== role),
  );
}

function roleOperation(
  op: 'assign-role' | 'remove-role',
  summary: string,
  fact: string,
  change: (roles: readonly string[], role: string) => readonly string[],
): OperationKind<RoleInput> {
  return Object.freeze({
    class: 'operation' as const,
    name: kindName(`users.${op}`),
    summary: `${summary}: { user, role }`,
    input: roleInput,
    asks: ({ user, role }: RoleInput) => [useOf(op, user, role)],
    decide({ user, role }: RoleInput, { world }: OperationView): Decision {
      const before = requireUser(world, user);
      if (before.roles.includes(role) === (op === 'assign-role')) return { output: userView(user, before) };
      const after: User = { ...before, roles: change(before.roles, role) };
      return {
        output: userView(user, after),
        fact: { name: fact, data: { user, role } },
        rewrite: userRewrite(user, after),
      };
    },
  });
}
