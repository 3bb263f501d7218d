import { isKernelError, TOKEN_LIMITS } from '@tksm/abstractions';
import type { KernelError } from '@tksm/abstractions';
import { beforeAll, describe, expect, it } from 'vitest';
import { MemoryRootKeys } from '../test/memory-root-keys.ts';
import { asText, fieldsOf } from '../test/token-wire.ts';
import { FULL, ZONE } from '../test/zones.ts';
import { biscuitHolder } from './biscuit-holder.ts';
import { BiscuitIssuer } from './biscuit-issuer.ts';
import type { Biscuit, BiscuitLibrary, BlockBuilder, PublicKey } from './biscuit-library.ts';
import { loadLibrary } from './load-library.ts';
import { writeBlock } from './write-block.ts';

const NOW = 1_700_000_000_000;
const GRANT = { rights: ['fs.read:/corp/**'], caveats: { count: 5 } };
const LESS = { rights: ['fs.read:/corp/a'] };

const keys = new MemoryRootKeys();
const issuer = new BiscuitIssuer(keys);

/** What others can do with the library, and the driver does not. */
interface WholeLibrary extends BiscuitLibrary {
  readonly BlockBuilder: new () => WholeBuilder;
}
interface WholeBuilder extends BlockBuilder {
  addCode(source: string): void;
}
interface WholeBiscuit extends Biscuit {
  sealToken(): Biscuit;
}
let library: WholeLibrary;
let publicKey: PublicKey;
let token: string;
let chain: string;

beforeAll(async () => {
  library = (await loadLibrary(-1)).library as WholeLibrary;
  const { seed } = await keys.newest();
  const root = library.PrivateKey.fromBytes(seed, library.SignatureAlgorithm.Ed25519);
  publicKey = library.KeyPair.fromPrivateKey(root).getPublicKey();
  token = await issuer.mint(GRANT, ZONE);
  chain = await biscuitHolder.attenuate(await biscuitHolder.attenuate(token, LESS), {
    ...LESS,
    note: 'last',
  });
});

/** Appends a block with other tools. */
function extended(write: (builder: WholeBuilder) => void, to = token): string {
  const builder = new library.BlockBuilder();
  write(builder);
  return library.Biscuit.fromBase64(to, publicKey).appendBlock(builder).toBase64();
}

/** How a token is refused: by the issuer, and without a word of it. */
async function refusal(text: string): Promise<KernelError> {
  try {
    await issuer.verify(text, ZONE, NOW);
  } catch (error) {
    if (!isKernelError(error)) throw error;
    const said = `${JSON.stringify(error)} ${error.message} ${error.next} ${String(error.cause)}`;
    for (let at = 0; at + 12 <= text.length; at += 12) expect(said).not.toContain(text.slice(at, at + 12));
    for (const word of ['/corp', 'fs.read', ZONE]) expect(said).not.toContain(word);
    return error;
  }
  throw new Error('it was taken');
}

async function reasonFor(text: string): Promise<unknown> {
  const { code, data } = await refusal(text);
  expect(code).toBe('TokenInvalid');
  return data['reason'];
}

describe('a token that was changed', () => {
  it('is taken as it was', async () => {
    expect((await issuer.verify(chain, ZONE, NOW)).blocks).toHaveLength(3);
    expect(asText(fieldsOf(chain))).toBe(chain);
  });

  it('is refused with a byte flipped at every eighth place', async () => {
    const bytes = Buffer.from(chain, 'base64url');
    for (let at = 0; at < bytes.length; at += 8) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ (1 << ((at / 8) % 8));
      expect(await reasonFor(asText([changed])), `byte ${at}`).toMatch(/^(not-a-token|signature|root-key)$/);
    }
  });

  it('is refused truncated at every sixteenth character', async () => {
    for (let at = 0; at < chain.length; at += 16) {
      expect(await reasonFor(chain.slice(0, at)), `at ${at}`).toMatch(/^(not-a-token|signature)$/);
    }
  });

  it('is refused with blocks reordered, repeated, or dropped', async () => {
    const [id, first, second, third, proof] = fieldsOf(chain) as [Buffer, Buffer, Buffer, Buffer, Buffer];
    const forgeries = [
      [id, first, third, second, proof],
      [id, first, second, proof],
      [id, first, third, proof],
      [id, first, proof],
      [id, first, second, second, third, proof],
      [id, first, second, third, third, proof],
    ];
    for (const forged of forgeries) expect(await reasonFor(asText(forged))).toBe('signature');
    expect(await reasonFor(asText([id, second, third, proof]))).toBe('not-a-token');
  });

  it('is refused with the first block of another, or of nobody', async () => {
    const [id, , second, third, proof] = fieldsOf(chain) as [Buffer, Buffer, Buffer, Buffer, Buffer];
    const [, wider] = fieldsOf(await issuer.mint({ rights: ['*:**'] }, ZONE));
    expect(await reasonFor(asText([id, wider ?? id, second, third, proof]))).toBe('signature');
    const forger = new MemoryRootKeys(100);
    expect(await reasonFor(await new BiscuitIssuer(forger).mint({ rights: ['*:**'] }, ZONE))).toBe(
      'signature',
    );
  });

  it('is refused with another root key named, or none', async () => {
    const [, ...rest] = fieldsOf(token);
    expect(await reasonFor(asText([Buffer.from([8, 2]), ...rest]))).toBe('root-key');
    expect(await reasonFor(asText(rest))).toBe('not-a-token');
  });

  it.each(['', ' ', 'token', 'e30', '====', '\u0000', 'ä', '__proto__', 'A'.repeat(4_096)])(
    'is refused when it is none: %j',
    async (text) => {
      expect(await reasonFor(text)).toBe('not-a-token');
      await expect(biscuitHolder.inspect(text)).rejects.toMatchObject({ code: 'TokenInvalid' });
      await expect(biscuitHolder.attenuate(text, LESS)).rejects.toMatchObject({ code: 'TokenInvalid' });
    },
  );

  it('is refused in another spelling', async () => {
    const spellings = [`${chain}\n`, ` ${chain}`, `${chain}=`, chain.replaceAll('=', ''), `${chain}AA`];
    for (const text of spellings.filter((each) => each !== chain)) {
      expect(await reasonFor(text), JSON.stringify(text.slice(-4))).toMatch(/^(not-a-token|signature)$/);
    }
  });
});

describe('a block of other tools', () => {
  it.each([
    'foo("bar")',
    'right("fs.read:/corp/a"); foo("bar")',
    'right("fs.read:/corp/a"); user(1)',
    'right("fs.read:/corp/a", "more")',
    'right("fs.read:/corp/a"); count("5")',
    'right("fs.read:/corp/a"); count(5); count(4)',
    'count(5); right("fs.read:/corp/a")',
    'right("fs.read:/corp/a"); expires_at(1800000000000)',
    'right("fs.read:/corp/a"); host("API.test")',
    'right("fs.read:/corp/a"); root("ed25519/00"); zone("0123456789abcdef0123456789abcdef")',
    'right("fs.read:/corp/a"); within(["/corp"])',
    'right({"fs.read:/corp/a"})',
    'right(true)',
    'right("fs.read:/corp/a"); right($x) <- zone($x)',
    'right("fs.read:/corp/a"); right("*:**") <- zone($x)',
    'right("fs.read:/corp/a"); check if true',
    'right("fs.read:/corp/a"); check if operation("read")',
    'right("fs.read:/corp/a"); check all time($time), $time < 2030-01-01T00:00:00Z',
    'right("fs.read:/corp/a"); check if time($time), $time < 2030-01-01T00:00:00Z',
    'right("fs.read:/corp/a"); reject if operation("write")',
    'check if time($time), $time < 2030-01-01T00:00:00Z',
    '',
  ])('is refused with what is not understood: %s', async (code) => {
    const text = extended((builder) => builder.addCode(code));
    expect(await reasonFor(text)).toBe('statement');
    await expect(biscuitHolder.inspect(text)).rejects.toMatchObject({ data: { reason: 'statement' } });
    await expect(biscuitHolder.attenuate(text, LESS)).rejects.toMatchObject({
      data: { reason: 'statement' },
    });
  });

  it.each([
    [{ rights: ['fs.read:/corp-old'] }],
    [{ rights: ['fs.read:**'] }],
    [{ rights: ['fs.*:/corp/**'] }],
    [{ rights: ['fs.read:/corp/a', 'kv.put:notes'] }],
    [{ rights: ['fs.read:/corp/a'], caveats: { count: 6 } }],
  ])('is refused when it widens, and cannot be made here: %j', async (grant) => {
    const text = extended((builder) => {
      writeBlock(library, builder, { grant });
    });
    expect(await reasonFor(text)).toBe('widened');
    const missing = 'caveats' in grant ? { caveat: 'count' } : { right: grant.rights.at(-1) };
    await expect(biscuitHolder.attenuate(token, grant)).rejects.toMatchObject({
      ...{ code: 'CapabilityDenied', data: missing },
    });
  });

  it('is taken when it says no more than we would', async () => {
    const text = extended((builder) => builder.addCode('right("fs.read:/corp/a"); count(3)'));
    expect((await issuer.verify(text, ZONE, NOW)).blocks.at(-1)?.grant).toEqual({
      ...{ rights: ['fs.read:/corp/a'], caveats: { count: 3 } },
    });
  });
});

describe('the bounds of a token', () => {
  it('end a chain, whoever goes on with it', async () => {
    let text = token;
    for (let blocks = 1; blocks < TOKEN_LIMITS.blocks; blocks++) {
      text = await biscuitHolder.attenuate(text, LESS);
    }
    await expect(issuer.verify(text, ZONE, NOW)).resolves.toBeDefined();
    await expect(biscuitHolder.attenuate(text, LESS)).rejects.toMatchObject({ code: 'TokenTooLarge' });
    const longer = extended((builder) => {
      writeBlock(library, builder, { grant: LESS });
    }, text);
    expect(await refusal(longer)).toMatchObject({ code: 'TokenTooLarge', category: 'denied' });
  });

  it('refuse one that is over-long before looking at it', async () => {
    const long = 'A'.repeat(TOKEN_LIMITS.characters + 1);
    expect(await refusal(long)).toMatchObject({ code: 'TokenTooLarge', category: 'denied' });
    const note = 'n'.repeat(7_000);
    await expect(biscuitHolder.attenuate(token, { ...LESS, note })).rejects.toMatchObject({
      code: 'TokenTooLarge',
    });
  });

  it('let nobody go on with one that is sealed', async () => {
    const sealed = (library.Biscuit.fromBase64(token, publicKey) as WholeBiscuit).sealToken().toBase64();
    await expect(issuer.verify(sealed, ZONE, NOW)).resolves.toBeDefined();
    await expect(biscuitHolder.attenuate(sealed, LESS)).rejects.toMatchObject({ data: { reason: 'sealed' } });
  });

  it('hold other verifiers to the expiry, too', async () => {
    const text = await issuer.mint(FULL, ZONE);
    const judged = (time: string): number => {
      const builder = new library.AuthorizerBuilder();
      builder.addCode(`time(${time}); allow if true;`);
      return builder
        .buildAuthenticated(library.Biscuit.fromBase64(text, publicKey))
        .authorizeWithLimits({ max_facts: 100, max_iterations: 10, max_time_micro: 1_000_000 });
    };
    expect(judged('2027-01-15T08:00:00Z')).toBe(0);
    expect(() => judged('2027-01-15T08:00:01Z')).toThrow();
  });
});
