import { TOKENS } from '@tksm/abstractions';
import type { Registrar } from '@tksm/abstractions';
import { userOperations } from './user-operations.ts';

/** Adds the operations `users.create`, `users.assign-role`, `users.remove-role` and `users.get`. */
export function composeUsers(registrar: Registrar): void {
  for (const kind of userOperations()) registrar.add(TOKENS.kinds, () => kind);
}
