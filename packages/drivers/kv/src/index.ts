export type { DeleteInput } from './delete.ts';
export { kvDriver } from './kv-driver.ts';
export type { KvOptions } from './kv-driver.ts';
export type { ListInput } from './list.ts';
export type { KvQuota } from './namespace.ts';
export type { Place } from './place.ts';
export type { PutInput } from './put.ts';
export type { ExpectedVersion } from './version.ts';
