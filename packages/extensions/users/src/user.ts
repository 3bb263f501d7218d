import { KernelError } from '@tksm/abstractions';
import type { Rewrite, RightUse, StoredValue, ValueObject, WorldView } from '@tksm/abstractions';
import type { ZodType } from 'zod';

/** What the world holds of a user. */
export interface User {
  readonly [field: string]: StoredValue;
  /** For people; absent when none was given. */
  readonly name?: string;
  /** In the order of their code units, each once. */
  readonly roles: readonly string[];
}

/** Bounds of a user. */
export const USER_LIMITS = Object.freeze({ maxNameLength: 256, maxRoles: 64 });

/** A user or a role: 1 to 128 letters, digits and `_ . : @ -`, the first a letter or digit. */
export function idField({ string }: typeof import('zod').z): ZodType<string> {
  return string().regex(/^[A-Za-z0-9][A-Za-z0-9_.:@-]{0,127}$/, 'is not the name of a user or role');
}

export function useOf(action: string, ...segments: readonly string[]): RightUse {
  return { action: `users.${action}`, resource: segments.join('/') };
}

export function findUser(world: WorldView, user: string): User | undefined {
  // Only these operations write here.
  return world.get(userKey(user))?.value as User | undefined;
}

/** @throws KernelError `UnknownEntity` */
export function requireUser(world: WorldView, user: string): User {
  const found = findUser(world, user);
  if (found !== undefined) return found;
  throw new KernelError('UnknownEntity', `there is no user ${user}`, { data: { entity: user } });
}

export function userRewrite(user: string, value: User): Rewrite {
  return { puts: [[userKey(user), value]] };
}

/** A user as it is told. */
export function userView(user: string, { name, roles }: User): ValueObject {
  return { user, ...(name !== undefined && { name }), roles };
}

function userKey(user: string): string {
  return `users/${user}`;
}
