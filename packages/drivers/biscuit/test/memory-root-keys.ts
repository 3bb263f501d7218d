import { KernelError } from '@tksm/abstractions';
import type { RootKey, RootKeys } from '@tksm/abstractions';

/** Root keys that are the same in every run. */
export class MemoryRootKeys implements RootKeys {
  #keys: RootKey[] = [];
  readonly #salt: number;

  constructor(salt = 0) {
    this.#salt = salt;
  }

  async list(): Promise<readonly RootKey[]> {
    return this.#keys;
  }

  async newest(): Promise<RootKey> {
    return this.#keys.at(-1) ?? (await this.rotate());
  }

  async rotate(): Promise<RootKey> {
    const id = (this.#keys.at(-1)?.id ?? 0) + 1;
    const key = { id, seed: new Uint8Array(32).fill(id + this.#salt) };
    this.#keys.push(key);
    return key;
  }

  async remove(id: number): Promise<boolean> {
    if (this.#keys.at(-1)?.id === id) throw new KernelError('InvalidOperation', 'it is the newest');
    const before = this.#keys.length;
    this.#keys = this.#keys.filter((key) => key.id !== id);
    return this.#keys.length < before;
  }
}
