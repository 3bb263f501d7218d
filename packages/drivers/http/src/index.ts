export type { Network, Resolve } from './addresses.ts';
export { httpDriver } from './http-driver.ts';
export type { HttpOptions } from './http-driver.ts';
export { HTTP_LIMITS } from './http-input.ts';
export type { HttpBody, HttpInput } from './http-input.ts';
