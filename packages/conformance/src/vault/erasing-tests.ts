import { expect, it } from 'vitest';
import { collect } from '../collect.ts';
import { ADA, BOB, bytes, NOTE, OTHER, plain } from './fixture.ts';
import type { WithVault } from './fixture.ts';

export function erasingTests(withVault: WithVault): void {
  it(
    'erases a subject and no other, and says so until it is settled',
    withVault(async ({ vault }) => {
      for (const subject of [ADA, BOB]) {
        await vault.key(subject, bytes(1));
        await vault.put(subject, NOTE, bytes(2));
      }
      await vault.put(ADA, OTHER, bytes(3));
      expect(await vault.erase(ADA)).toBe(2);
      expect(await vault.erasing()).toEqual([ADA]);
      expect(await vault.key(ADA)).toBeUndefined();
      expect(await vault.get(ADA, NOTE)).toBeUndefined();
      expect(plain(await vault.get(BOB, NOTE))).toEqual([2]);
      expect(await collect(vault.list())).toEqual([{ subject: BOB, bodies: 1 }]);
      await vault.settle(ADA);
      expect(await vault.erasing()).toEqual([]);
    }),
  );
  it(
    'keeps nothing of a subject while it is being erased, and gives it a key of its own afterwards',
    withVault(async ({ vault }) => {
      await vault.key(ADA, bytes(1));
      await vault.erase(ADA);
      await expect(vault.key(ADA, bytes(2))).rejects.toMatchObject({ code: 'ErasureUnderWay' });
      await expect(vault.put(ADA, NOTE, bytes(2))).rejects.toMatchObject({ code: 'ErasureUnderWay' });
      await vault.settle(ADA);
      expect(plain(await vault.key(ADA, bytes(3)))).toEqual([3]);
    }),
  );
  it(
    'erases again, and who is not there',
    withVault(async ({ vault }) => {
      await vault.key(ADA, bytes(1));
      await vault.put(ADA, NOTE, bytes(2));
      expect([await vault.erase(ADA), await vault.erase(ADA), await vault.erase(BOB)]).toEqual([1, 0, 0]);
      expect(await vault.erasing()).toEqual([ADA, BOB]);
      await vault.settle(ADA);
      await vault.settle(ADA);
      expect(await vault.erasing()).toEqual([BOB]);
    }),
  );
}
