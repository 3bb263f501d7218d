import { KernelError } from '@tksm/abstractions';
import { ID_BYTES } from './packed-rows.ts';

/**
 * What ids an index holds: how many, and the XOR of all. It costs nothing to keep, and tells when a lookup could miss a row
 * because a key on the way to it was changed. Against accidents: who wants to deceive can.
 */
export class KeySum {
  #size: number;
  readonly #xor: Buffer;

  constructor(size = 0, xor: Uint8Array = Buffer.alloc(ID_BYTES)) {
    this.#size = size;
    this.#xor = Buffer.from(xor);
  }

  get size(): number {
    return this.#size;
  }

  /** The XOR of all ids. */
  get xor(): Uint8Array {
    return this.#xor;
  }

  /** Adds ids that lie one after the other. */
  add(ids: Uint8Array): void {
    this.#size += ids.length / ID_BYTES;
    const xor = this.#xor;
    for (let at = 0; at < ids.length; at++) xor[at % ID_BYTES] = (xor[at % ID_BYTES] ?? 0) ^ (ids[at] ?? 0);
  }

  copy(): KeySum {
    return new KeySum(this.#size, this.#xor);
  }

  /** @throws KernelError `IndexDamaged` when these are not the same ids */
  mustEqual(other: KeySum): void {
    if (this.#size === other.#size && this.#xor.equals(other.#xor)) return;
    throw new KernelError('IndexDamaged', 'keys of the job index were changed: rows could be missed');
  }
}
