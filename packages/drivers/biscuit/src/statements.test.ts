import type { CapabilityGrant, Caveats } from '@tksm/abstractions';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MemoryRootKeys } from '../test/memory-root-keys.ts';
import { ZONE } from '../test/zones.ts';
import { biscuitHolder } from './biscuit-holder.ts';
import { BiscuitIssuer } from './biscuit-issuer.ts';
import { narrowed, soundGrant } from './sound-grant.ts';
import { readBlock, sourceOf } from './statements.ts';

const right = fc
  .tuple(fc.constantFrom('fs.read', 'fs.*', '*'), fc.constantFrom('**', '/a/**', '/a/*', '/a/b', 'a', '/"q"'))
  .map(([action, resource]) => `${action}:${resource}`);

const caveats = fc.record(
  {
    expiresAt: fc.integer({ min: 1_750_000_000_000, max: 1_750_000_100_000 }),
    count: fc.integer({ min: 1, max: 4 }),
    rate: fc.record({ limit: fc.integer({ min: 1, max: 3 }), periodMs: fc.integer({ min: 1, max: 3 }) }),
    hosts: fc.uniqueArray(fc.constantFrom('a.test', 'b.test', '*.test'), { minLength: 1 }),
    within: fc.constantFrom('/a', '/a/b'),
    amount: fc.integer({ min: 0, max: 3 }).map(String),
    kinds: fc.uniqueArray(fc.constantFrom('x', 'y'), { minLength: 1 }),
  },
  { requiredKeys: [] },
);

const grant = fc
  .record({
    rights: fc.array(fc.oneof(right, fc.constant('*:**')), { minLength: 1, maxLength: 2 }),
    caveats: fc.oneof(fc.constant({}), caveats),
    note: fc.string({ unit: 'binary' }),
  })
  .map((given): CapabilityGrant => soundGrant(given));

describe('readBlock', () => {
  it('reads what sourceOf says, whatever texts are in it', () => {
    const origin = { root: `ed25519/${'0'.repeat(64)}`, zone: ZONE };
    fc.assert(
      fc.property(grant, fc.boolean(), (given, isFirst) => {
        const contents = { ...(isFirst && { origin }), grant: given };
        expect(readBlock(sourceOf(contents))).toEqual(contents);
      }),
    );
  });

  it('refuses a source with anything more or less in it', () => {
    const letters = fc.constantFrom('', ';', '\n', '"', ' ', 'x', 'right("a:b");\n', 'check if true;\n');
    fc.assert(
      fc.property(grant, fc.nat(), fc.nat(3), letters, (given, seed, cut, text) => {
        const source = sourceOf({ grant: given });
        const at = seed % source.length;
        const changed = source.slice(0, at) + text + source.slice(at + cut);
        fc.pre(changed !== source);
        try {
          expect(sourceOf(readBlock(changed))).toBe(changed);
        } catch (error) {
          expect(error).toMatchObject({ code: 'TokenInvalid', data: { reason: 'statement' } });
        }
      }),
    );
  });
});

describe('attenuation', () => {
  it('never widens: each block is within the one before, or is refused', async () => {
    const issuer = new BiscuitIssuer(new MemoryRootKeys());
    let taken = 0;
    const chains = fc.array(grant, { minLength: 2, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(chains, async ([first, ...rest]) => {
        let token = await issuer.mint(first as CapabilityGrant, ZONE);
        let allowed = first as CapabilityGrant;
        for (const below of rest) {
          const next = await biscuitHolder.attenuate(token, below).catch((error: unknown) => {
            expect(error).toMatchObject({ code: 'CapabilityDenied' });
            return undefined;
          });
          if (next === undefined) continue;
          taken += 1;
          const before = allowed.caveats ?? {};
          allowed = narrowed(allowed, below);
          expectWithin(before, allowed.caveats ?? {});
          token = next;
        }
        const { blocks } = await issuer.verify(token, ZONE, 1_700_000_000_000);
        expect(blocks.at(-1)?.grant.rights).toEqual(allowed.rights);
      }),
      { numRuns: 60 },
    );
    expect(taken).toBeGreaterThan(20);
  });
});

/** Spelt out, beside the rule that the driver itself goes by. */
function expectWithin(before: Caveats, after: Caveats): void {
  const { POSITIVE_INFINITY } = Number;
  expect(after.expiresAt ?? POSITIVE_INFINITY).toBeLessThanOrEqual(before.expiresAt ?? POSITIVE_INFINITY);
  expect(after.count ?? POSITIVE_INFINITY).toBeLessThanOrEqual(before.count ?? POSITIVE_INFINITY);
  expect(Number(after.amount ?? POSITIVE_INFINITY)).toBeLessThanOrEqual(
    Number(before.amount ?? POSITIVE_INFINITY),
  );
  for (const kind of before.kinds === undefined ? [] : (after.kinds ?? ['missing'])) {
    expect(before.kinds).toContain(kind);
  }
}
