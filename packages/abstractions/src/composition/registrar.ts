import type { Token } from './token.ts';

/** Looks things up while they are being composed. */
export interface Resolver {
  /** The one thing under a token; throws `NotRegistered` when there is none. */
  get<T>(token: Token<T>): T;
  /** Every thing added under a token, in the order of registration; empty when there is none. */
  all<T>(token: Token<T>): readonly T[];
  /** Whether anything is registered under a token. */
  has<T>(token: Token<T>): boolean;
}

/**
 * What a package's `compose<Name>(registrar)` writes to. The types make a wrong registration a compile error; which
 * container stands behind it is the host's business.
 */
export interface Registrar {
  /** Registers a ready value; a later registration of the same token replaces it. */
  value<T>(token: Token<T>, value: T): void;
  /** Registers a factory that runs once, when the token is first asked for. */
  singleton<T>(token: Token<T>, make: (resolver: Resolver) => T): void;
  /** Adds one of many under a token, read back with `all`. */
  add<T>(token: Token<T>, make: (resolver: Resolver) => T): void;
}
