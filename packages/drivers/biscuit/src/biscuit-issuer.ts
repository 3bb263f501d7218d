import { KernelError } from '@tksm/abstractions';
import type {
  CapabilityGrant,
  Instant,
  RootKey,
  RootKeys,
  TokenContents,
  TokenIssuer,
  ZoneId,
} from '@tksm/abstractions';
import type { BiscuitLibrary, EvaluationLimits, KeyPair, PublicKey } from './biscuit-library.ts';
import { writeBlock } from './write-block.ts';
import { judge } from './judge.ts';
import { openToken } from './open-token.ts';
import { biscuits } from './renewed-library.ts';
import { boundedGrant } from './sound-grant.ts';
import { invalidToken } from './token-fault.ts';
import { textOf } from './token-text.ts';

/** Issues the tokens of zones under their root keys. Holds nothing: each call looks at the keys there are. */
export class BiscuitIssuer implements TokenIssuer {
  readonly #keys: RootKeys;
  readonly #limits: EvaluationLimits | undefined;

  constructor(keys: RootKeys, limits?: EvaluationLimits) {
    this.#keys = keys;
    this.#limits = limits;
  }

  async mint(grant: CapabilityGrant, zone: ZoneId): Promise<string> {
    const sound = boundedGrant(grant);
    const key = await this.#keys.newest();
    return await biscuits.use((library) => {
      using root = privateKeyOf(library, key);
      using publicKey = publicKeyOf(library, root);
      const builder = new library.BiscuitBuilder();
      const origin = { root: publicKey.toDatalogParameter(), zone };
      writeBlock(library, builder, { origin, grant: sound });
      builder.setRootKeyId(key.id);
      using biscuit = builder.build(root);
      return textOf(biscuit);
    });
  }

  async verify(token: string, zone: ZoneId, at: Instant): Promise<TokenContents> {
    const keys = await this.#keys.list();
    return await biscuits.use((library) => {
      using opened = openToken(library, token, ({ id }) => publicKeyIn(library, keys, id));
      if (opened.contents.zone !== zone) throw invalidToken('zone');
      const { expiresAt = Number.POSITIVE_INFINITY } = opened.allowed.caveats ?? {};
      if (!(at < expiresAt)) throw new KernelError('TokenExpired', 'the token has expired');
      judge(library, opened.biscuit, at, this.#limits);
      return opened.contents;
    });
  }
}

function publicKeyIn(library: BiscuitLibrary, keys: readonly RootKey[], id: number): PublicKey | undefined {
  const key = keys.find((each) => each.id === id);
  if (key === undefined) return undefined;
  using root = privateKeyOf(library, key);
  return publicKeyOf(library, root);
}

function privateKeyOf({ PrivateKey, SignatureAlgorithm }: BiscuitLibrary, { seed }: RootKey): Disposable {
  return PrivateKey.fromBytes(seed, SignatureAlgorithm.Ed25519);
}

function publicKeyOf({ KeyPair }: BiscuitLibrary, root: Disposable): PublicKey {
  using pair: KeyPair = KeyPair.fromPrivateKey(root);
  return pair.getPublicKey();
}
