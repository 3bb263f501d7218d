// Guarantees those of Vault, except that nothing survives the process.

import { KernelError } from '@tksm/abstractions';
import type { Hash, Vault, VaultSubject } from '@tksm/abstractions';

/** A vault in memory. */
export function createMemoryVault(): Vault {
  return new MemoryVault();
}

interface Kept {
  readonly key: Uint8Array;
  readonly bodies: Map<Hash, Uint8Array>;
}

class MemoryVault implements Vault {
  #secret: Uint8Array | undefined;
  readonly #subjects = new Map<Hash, Kept>();
  readonly #erasing = new Set<Hash>();

  async secret(fresh?: Uint8Array): Promise<Uint8Array | undefined> {
    this.#secret ??= fresh?.slice();
    return this.#secret?.slice();
  }

  async key(subject: Hash, fresh?: Uint8Array): Promise<Uint8Array | undefined> {
    const kept = this.#subjects.get(subject);
    if (kept !== undefined || fresh === undefined) return kept?.key.slice();
    this.#refuseErasing(subject);
    this.#subjects.set(subject, { key: fresh.slice(), bodies: new Map() });
    return fresh.slice();
  }

  async put(subject: Hash, name: Hash, body: Uint8Array): Promise<void> {
    this.#refuseErasing(subject);
    const bodies = this.#subjects.get(subject)?.bodies;
    if (bodies === undefined) throw new KernelError('StorageFailed', `subject ${subject} has no key`);
    if (!bodies.has(name)) bodies.set(name, body.slice());
  }

  async get(subject: Hash, name: Hash): Promise<Uint8Array | undefined> {
    return this.#subjects.get(subject)?.bodies.get(name)?.slice();
  }

  async erase(subject: Hash): Promise<number> {
    this.#erasing.add(subject);
    const bodies = this.#subjects.get(subject)?.bodies.size ?? 0;
    this.#subjects.delete(subject);
    return bodies;
  }

  async erasing(): Promise<readonly Hash[]> {
    return [...this.#erasing].sort();
  }

  async settle(subject: Hash): Promise<void> {
    this.#erasing.delete(subject);
  }

  async *list(): AsyncIterable<VaultSubject> {
    for (const [subject, { bodies }] of [...this.#subjects].sort(([a], [b]) => (a < b ? -1 : 1))) {
      yield { subject, bodies: bodies.size };
    }
  }

  async close(): Promise<void> {
    // Nothing is held open.
  }

  #refuseErasing(subject: Hash): void {
    if (!this.#erasing.has(subject)) return;
    throw new KernelError('ErasureUnderWay', `subject ${subject} is being erased`, { data: { subject } });
  }
}
