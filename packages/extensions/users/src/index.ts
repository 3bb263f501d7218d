export { createOperation } from './create.ts';
export type { CreateInput } from './create.ts';
export { getOperation } from './get.ts';
export type { GetInput } from './get.ts';
export { assignRoleOperation, removeRoleOperation } from './roles.ts';
export type { RoleInput } from './roles.ts';
export { userOperations } from './user-operations.ts';
