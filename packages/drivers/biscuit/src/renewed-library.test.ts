import { describe, expect, it } from 'vitest';
import type { BiscuitLibrary } from './biscuit-library.ts';
import { RenewedLibrary } from './renewed-library.ts';

/** Makes a key with a library, which fails with one that was given up. */
function keyOf({ PrivateKey, KeyPair, SignatureAlgorithm }: BiscuitLibrary): string {
  using root = PrivateKey.fromBytes(new Uint8Array(32).fill(7), SignatureAlgorithm.Ed25519);
  using pair = KeyPair.fromPrivateKey(root);
  using key = pair.getPublicKey();
  return key.toDatalogParameter();
}

describe('RenewedLibrary', () => {
  it('gives each use a library that works, and another one after so many', async () => {
    const used = new Map<BiscuitLibrary, number>();
    const keys = new Set<string>();
    const library = new RenewedLibrary(3);
    const use = (): Promise<void> =>
      library.use((given) => {
        used.set(given, (used.get(given) ?? 0) + 1);
        keys.add(keyOf(given));
      });
    await use();
    await Promise.all(Array.from({ length: 7 }, use));
    await use();
    expect([...used.values()]).toEqual([3, 3, 3]);
    expect(keys.size).toBe(1);
  });

  it('counts a use that fails', async () => {
    const used = new Set<BiscuitLibrary>();
    const library = new RenewedLibrary(1);
    for (let turn = 0; turn < 2; turn++) {
      const failing = library.use((given) => {
        used.add(given);
        throw new RangeError('the work');
      });
      await expect(failing).rejects.toThrow('the work');
    }
    expect(used.size).toBe(2);
  });
});
