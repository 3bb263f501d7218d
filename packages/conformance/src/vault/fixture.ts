import { hash } from '@tksm/abstractions';
import type { Hash, Vault } from '@tksm/abstractions';
import type { WithFixture } from '../with-fixture.ts';

/** One vault under test, on storage of its own. */
export interface VaultFixture {
  readonly vault: Vault;
  /** Closes what is open and removes the storage. */
  destroy(): Promise<void>;
  /** Ends the vault as a crash of its process would and opens the same storage again. */
  reopen?(): Promise<Vault>;
}

export interface VaultSuite {
  readonly name: string;
  /** Makes an empty vault. */
  create(): Promise<VaultFixture>;
  /** Tests are skipped by this and by nothing else. */
  readonly capabilities?: { readonly reopen?: boolean };
}

export type WithVault = WithFixture<VaultFixture>;
const named = (digit: string): Hash => hash(digit.repeat(64));
export const [ADA, BOB, NOTE, OTHER] = [named('a'), named('b'), named('1'), named('2')];
export const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
export const plain = (found: Uint8Array | undefined): number[] | undefined => found && [...found];
