import { describe, expect, it } from 'vitest';
import { erasingTests } from './erasing-tests.ts';
import { ADA, BOB, bytes, NOTE, plain } from './fixture.ts';
import type { VaultSuite } from './fixture.ts';
import { keepingTests } from './keeping-tests.ts';
import { withFixture } from '../with-fixture.ts';

/** Declares the tests that every Vault must pass. Call it at the top of a test file. */
export function describeVault(suite: VaultSuite): void {
  const withVault = withFixture(() => suite.create());
  describe(`Vault: ${suite.name}`, () => {
    keepingTests(withVault);
    erasingTests(withVault);
    it.skipIf(suite.capabilities?.reopen !== true)(
      'remembers everything when it is opened again, erasures that are not settled too',
      withVault(async ({ vault, reopen }) => {
        await vault.secret(bytes(1));
        for (const subject of [ADA, BOB]) await vault.key(subject, bytes(2));
        await vault.put(ADA, NOTE, bytes(3));
        await vault.erase(BOB);
        const again = await reopen?.();
        if (again === undefined) throw new Error('no hook reopen');
        expect(plain(await again.secret(bytes(9)))).toEqual([1]);
        expect(plain(await again.key(ADA, bytes(9)))).toEqual([2]);
        expect(plain(await again.get(ADA, NOTE))).toEqual([3]);
        expect(await again.erasing()).toEqual([BOB]);
        await expect(again.key(BOB, bytes(9))).rejects.toMatchObject({ code: 'ErasureUnderWay' });
      }),
    );
  });
}
