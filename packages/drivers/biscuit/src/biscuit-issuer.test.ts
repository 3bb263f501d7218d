import type { CapabilityGrant } from '@tksm/abstractions';
import { describe, expect, it } from 'vitest';
import { MemoryRootKeys } from '../test/memory-root-keys.ts';
import { FULL, OTHER_ZONE, ZONE } from '../test/zones.ts';
import { biscuitHolder } from './biscuit-holder.ts';
import { BiscuitIssuer } from './biscuit-issuer.ts';

const NOW = 1_700_000_000_000;
const READ: CapabilityGrant = { rights: ['fs.read:/corp/**'] };

describe('BiscuitIssuer', () => {
  it('proves what it has minted, all that a grant can say', async () => {
    const issuer = new BiscuitIssuer(new MemoryRootKeys());
    const token = await issuer.mint(FULL, ZONE);
    const contents = await issuer.verify(token, ZONE, NOW);
    expect(contents).toEqual({
      zone: ZONE,
      rootKey: 1,
      blocks: [{ grant: FULL, revocationId: expect.stringMatching(/^[0-9a-f]{128}$/) }],
    });
    expect(await biscuitHolder.inspect(token)).toEqual(contents);
  });

  it('proves what was attenuated without it, block by block', async () => {
    const issuer = new BiscuitIssuer(new MemoryRootKeys());
    const token = await issuer.mint(READ, ZONE);
    const narrow = { rights: ['fs.read:/corp/open/*'], caveats: { count: 3 } };
    const less = await biscuitHolder.attenuate(token, narrow);
    const least = await biscuitHolder.attenuate(less, { ...narrow, note: 'the same, for a guest' });
    const { blocks } = await issuer.verify(least, ZONE, NOW);
    expect(blocks.map(({ grant }) => grant)).toEqual([
      READ,
      narrow,
      { ...narrow, note: 'the same, for a guest' },
    ]);
    expect(new Set(blocks.map(({ revocationId }) => revocationId)).size).toBe(3);
    const parent = await issuer.verify(less, ZONE, NOW);
    expect(blocks.slice(0, 2)).toEqual(parent.blocks);
  });

  it('ends a token at its instant, to the millisecond', async () => {
    const issuer = new BiscuitIssuer(new MemoryRootKeys());
    for (const expiresAt of [NOW, NOW + 1, NOW + 999]) {
      const token = await issuer.mint({ ...READ, caveats: { expiresAt } }, ZONE);
      await expect(issuer.verify(token, ZONE, expiresAt - 1)).resolves.toBeDefined();
      await expect(issuer.verify(token, ZONE, expiresAt)).rejects.toMatchObject({ code: 'TokenExpired' });
    }
  });

  it('ends a token with the first of its blocks', async () => {
    const issuer = new BiscuitIssuer(new MemoryRootKeys());
    const token = await issuer.mint({ ...READ, caveats: { expiresAt: NOW + 9_000 } }, ZONE);
    const less = await biscuitHolder.attenuate(token, { ...READ, caveats: { expiresAt: NOW + 5_000 } });
    await expect(issuer.verify(token, ZONE, NOW + 5_000)).resolves.toBeDefined();
    await expect(issuer.verify(less, ZONE, NOW + 5_000)).rejects.toMatchObject({ code: 'TokenExpired' });
  });

  it('signs with the newest root key, and takes tokens of older ones until they are removed', async () => {
    const keys = new MemoryRootKeys();
    const issuer = new BiscuitIssuer(keys);
    const old = await issuer.mint(READ, ZONE);
    await keys.rotate();
    const fresh = await issuer.mint(READ, ZONE);
    expect((await issuer.verify(old, ZONE, NOW)).rootKey).toBe(1);
    expect((await issuer.verify(fresh, ZONE, NOW)).rootKey).toBe(2);
    await keys.remove(1);
    const refused = { code: 'TokenInvalid', data: { reason: 'root-key' } };
    await expect(issuer.verify(old, ZONE, NOW)).rejects.toMatchObject(refused);
    await expect(issuer.verify(fresh, ZONE, NOW)).resolves.toBeDefined();
  });

  it('refuses a token of another zone, and of another key', async () => {
    const keys = new MemoryRootKeys();
    const token = await new BiscuitIssuer(keys).mint(READ, ZONE);
    await expect(new BiscuitIssuer(keys).verify(token, OTHER_ZONE, NOW)).rejects.toMatchObject({
      ...{ code: 'TokenInvalid', data: { reason: 'zone' } },
    });
    const others = new MemoryRootKeys(100);
    await others.newest();
    await expect(new BiscuitIssuer(others).verify(token, ZONE, NOW)).rejects.toMatchObject({
      ...{ code: 'TokenInvalid', data: { reason: 'signature' } },
    });
  });

  it('tells a limit of the evaluation from a denial', async () => {
    const limits = { max_facts: 1, max_iterations: 1, max_time_micro: 0 };
    const keys = new MemoryRootKeys();
    const token = await new BiscuitIssuer(keys).mint(FULL, ZONE);
    await expect(new BiscuitIssuer(keys, limits).verify(token, ZONE, NOW)).rejects.toMatchObject({
      ...{ code: 'TokenUnjudged', category: 'exhausted', retryable: true },
    });
    await expect(new BiscuitIssuer(keys).verify(token, ZONE, Number.NaN)).rejects.toMatchObject({
      category: 'denied',
    });
  });

  it.each<[string, CapabilityGrant]>([
    ['no rights', { rights: [] }],
    ['a right that is none', { rights: ['fs.read'] }],
    ['a caveat that is none', { ...READ, caveats: { count: -1 } }],
    ['an expiry that no verifier can read', { ...READ, caveats: { expiresAt: 8_640_000_000_000_000 } }],
  ])('does not mint %s', async (_, grant) => {
    const issuer = new BiscuitIssuer(new MemoryRootKeys());
    await expect(issuer.mint(grant, ZONE)).rejects.toMatchObject({ code: 'InvalidInput' });
  });

  it.each<[string, CapabilityGrant]>([
    ['more rights', { rights: Array.from({ length: 65 }, (_, n) => `kv.put:k${n}`) }],
    ['longer rights', { rights: Array.from({ length: 5 }, (_, n) => `kv.put:${n}${'k'.repeat(900)}`) }],
    ['a longer note', { ...READ, note: 'n'.repeat(257) }],
  ])('neither mints nor attenuates to %s than a zone takes', async (_, grant) => {
    const issuer = new BiscuitIssuer(new MemoryRootKeys());
    const all = await issuer.mint({ rights: ['*:**'] }, ZONE);
    for (const made of [issuer.mint(grant, ZONE), biscuitHolder.attenuate(all, grant)])
      await expect(made).rejects.toMatchObject({ code: 'TokenTooLarge', data: { rights: 64, note: 256 } });
  });

  it('does not mint a token that is longer than one may be', async () => {
    const issuer = new BiscuitIssuer(new MemoryRootKeys());
    const long = { ...READ, note: 'n'.repeat(7_000) };
    await expect(issuer.mint(long, ZONE)).rejects.toMatchObject({
      code: 'TokenTooLarge',
      category: 'denied',
    });
  });
});
