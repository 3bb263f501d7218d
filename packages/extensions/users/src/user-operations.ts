import type { AnyKind } from '@tksm/abstractions';
import { createOperation } from './create.ts';
import { getOperation } from './get.ts';
import { assignRoleOperation, removeRoleOperation } from './roles.ts';

/**
 * The family `users`: `create` and `get`, behind `users.OPERATION:USER`, `assign-role` and `remove-role`, behind
 * `users.OPERATION:USER/ROLE`.
 */
export function userOperations(): readonly AnyKind[] {
  return [createOperation(), assignRoleOperation(), removeRoleOperation(), getOperation()];
}
