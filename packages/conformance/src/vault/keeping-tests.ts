import { expect, it } from 'vitest';
import { collect } from '../collect.ts';
import { ADA, BOB, bytes, NOTE, OTHER, plain } from './fixture.ts';
import type { WithVault } from './fixture.ts';

export function keepingTests(withVault: WithVault): void {
  it(
    'has nothing at first, and makes nothing by being asked',
    withVault(async ({ vault }) => {
      expect(await vault.secret()).toBeUndefined();
      expect(await vault.key(ADA)).toBeUndefined();
      expect(await vault.get(ADA, NOTE)).toBeUndefined();
      expect(await vault.erasing()).toEqual([]);
      expect(await collect(vault.list())).toEqual([]);
    }),
  );
  it(
    'keeps the first secret and the first key of a subject, whoever comes later or at once',
    withVault(async ({ vault }) => {
      const secrets = await Promise.all([vault.secret(bytes(1)), vault.secret(bytes(2))]);
      expect(secrets.map(plain)).toEqual([[1], [1]]);
      const keys = await Promise.all([
        vault.key(ADA, bytes(3)),
        vault.key(ADA, bytes(4)),
        vault.key(BOB, bytes(5)),
      ]);
      expect(keys.map(plain)).toEqual([[3], [3], [5]]);
      expect(plain(await vault.key(ADA))).toEqual([3]);
    }),
  );
  it(
    'keeps bodies by subject and name, the first under each',
    withVault(async ({ vault }) => {
      await vault.key(ADA, bytes(1));
      await vault.key(BOB, bytes(2));
      await vault.put(ADA, NOTE, bytes(10));
      await vault.put(ADA, NOTE, bytes(11));
      await vault.put(BOB, NOTE, bytes(12));
      expect(plain(await vault.get(ADA, NOTE))).toEqual([10]);
      expect(plain(await vault.get(BOB, NOTE))).toEqual([12]);
      expect(await vault.get(ADA, OTHER)).toBeUndefined();
      expect(await collect(vault.list())).toEqual([
        { subject: ADA, bodies: 1 },
        { subject: BOB, bodies: 1 },
      ]);
    }),
  );
}
