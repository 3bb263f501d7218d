import { isKernelError } from '@tksm/abstractions';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MemoryRootKeys } from '../test/memory-root-keys.ts';
import { contentOf, fieldsOf, forged } from '../test/token-wire.ts';
import { ZONE } from '../test/zones.ts';
import { biscuitHolder } from './biscuit-holder.ts';
import { BiscuitIssuer } from './biscuit-issuer.ts';
import { narrowed } from './sound-grant.ts';

const NOW = 1_700_000_000_000;
const GRANT = { rights: ['fs.read:/corp/**'], caveats: { count: 5, expiresAt: NOW + 10_000 } };
const LESS = { rights: ['fs.read:/corp/a'], caveats: { count: 2 } };

describe('a block of any bytes, signed by whoever holds the token', () => {
  it('is refused, or taken for what it says, which is never wider', async () => {
    const issuer = new BiscuitIssuer(new MemoryRootKeys());
    const token = await issuer.mint(GRANT, ZONE);
    const block = contentOf(fieldsOf(contentOf(fieldsOf(await biscuitHolder.attenuate(token, LESS))[2]))[0]);
    expect((await issuer.verify(forged(token, block), ZONE, NOW)).blocks.at(-1)?.grant).toEqual(LESS);
    const told = new Set<unknown>();
    const change = fc.tuple(fc.nat(block.length - 1), fc.nat(3), fc.uint8Array({ maxLength: 3 }));
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), async (changes) => {
        let changed = block;
        for (const [at, cut, bytes] of changes) {
          changed = Buffer.concat([changed.subarray(0, at), bytes, changed.subarray(at + cut)]);
        }
        try {
          const { blocks } = await issuer.verify(forged(token, changed), ZONE, NOW);
          expect(() => narrowed(GRANT, blocks.at(-1)?.grant ?? GRANT)).not.toThrow();
          told.add('taken');
        } catch (error) {
          if (!isKernelError(error, 'TokenInvalid')) throw error;
          told.add(error.data['reason']);
        }
      }),
      { numRuns: 1_500 },
    );
    // The changes got past the signature, and past the format.
    expect([...told]).toEqual(expect.arrayContaining(['signature', 'statement', 'taken']));
  });
});
