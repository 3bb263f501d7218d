// Guarantees: of each asset, the balances add up to the supply; each rewrite changes both sides of a movement, or one side and
// the supply. No balance is below zero, none is kept that is zero.

import { KernelError } from '@tksm/abstractions';
import type { Rewrite, StoredValue, WorldView } from '@tksm/abstractions';
import { AMOUNT_BOUND } from './amount.ts';

type Put = readonly [key: string, value: StoredValue];

/** How an account's holding of an asset, or the whole supply, changes. */
export interface Movement {
  readonly account?: string;
  readonly by: bigint;
}

/** Accounts and supplies as they are in a world: decimal text under `finance/`. */
export class Ledger {
  readonly #world: WorldView;
  readonly #asset: string;

  constructor(world: WorldView, asset: string) {
    this.#world = world;
    this.#asset = asset;
  }

  /** @throws KernelError `UnknownEntity` for an asset that was never minted */
  requireAsset(): void {
    if (this.#world.get(this.#key()) !== undefined) return;
    const entity = this.#asset;
    throw new KernelError('UnknownEntity', `there is no asset ${entity}`, {
      data: { entity },
      next: 'mint it first, or check its name',
    });
  }

  balance(account: string): bigint {
    return this.#read(this.#key(account));
  }

  /**
   * The rewrite of movements, each of another account; the one without an account is the supply's.
   *
   * @throws KernelError `InsufficientBalance`; `InvalidOperation` for a supply of 2^128
   */
  move(movements: readonly Movement[]): Rewrite {
    const puts: Put[] = [];
    const deletes: string[] = [];
    for (const { account, by } of movements) {
      const key = this.#key(account);
      const sum = this.#read(key) + by;
      if (sum < 0n) throw insufficient(account ?? this.#asset, this.#asset, -by, sum - by);
      if (sum >= AMOUNT_BOUND) throw tooMuch(this.#asset);
      // An asset that was minted stays known.
      if (sum === 0n && account !== undefined) deletes.push(key);
      else puts.push([key, sum.toString()]);
    }
    return { puts, deletes };
  }

  #key(account?: string): string {
    return account === undefined
      ? `finance/supplies/${this.#asset}`
      : `finance/balances/${this.#asset}/${account}`;
  }

  #read(key: string): bigint {
    const value = this.#world.get(key)?.value;
    return typeof value === 'string' ? BigInt(value) : 0n;
  }
}

function insufficient(entity: string, asset: string, needed: bigint, available: bigint): KernelError {
  const data = { entity, asset, needed: needed.toString(), available: available.toString() };
  const message = `${entity} has ${data.available} of ${asset}, and ${data.needed} are needed`;
  return new KernelError('InsufficientBalance', message, { data });
}

function tooMuch(asset: string): KernelError {
  return new KernelError('InvalidOperation', `there would be 2^128 of ${asset}, or more`, {
    data: { asset },
    next: 'mint less, or burn some first',
  });
}
