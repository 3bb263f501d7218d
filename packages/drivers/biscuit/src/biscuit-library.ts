/**
 * What is used of `@biscuit-auth/biscuit-wasm`. What is disposable is memory of the library until then; what is not, the library
 * takes back when it is used: a fact or check when it is added, a builder when it has built.
 */
export interface BiscuitLibrary {
  readonly Biscuit: {
    fromBase64(text: string, root: PublicKey): Biscuit;
  };
  readonly BiscuitBuilder: new () => BiscuitBuilder;
  readonly BlockBuilder: new () => BlockBuilder;
  readonly AuthorizerBuilder: new () => AuthorizerBuilder;
  readonly Fact: { fromString(source: string): Fact };
  readonly Check: { fromString(source: string): Check };
  readonly KeyPair: { fromPrivateKey(key: Disposable): KeyPair };
  readonly PrivateKey: { fromBytes(seed: Uint8Array, algorithm: number): Disposable };
  readonly PublicKey: { fromString(hex: string, algorithm: number): PublicKey };
  readonly SignatureAlgorithm: { readonly Ed25519: number };
}

export interface Biscuit extends Disposable {
  appendBlock(block: BlockBuilder): Biscuit;
  toBase64(): string;
  countBlocks(): number;
  getBlockSource(index: number): string;
  getRevocationIdentifiers(): string[];
}

export interface Statements {
  addFact(fact: Fact): void;
  addCheck(check: Check): void;
}

export interface BlockBuilder extends Statements, Disposable {}

interface BiscuitBuilder extends Statements {
  setRootKeyId(id: number): void;
  build(root: Disposable): Biscuit;
}

interface AuthorizerBuilder {
  addCode(source: string): void;
  buildAuthenticated(token: Biscuit): Authorizer;
}

interface Authorizer extends Disposable {
  authorizeWithLimits(limits: EvaluationLimits): number;
}

/** Bounds of one evaluation: facts, rounds of rules, microseconds. */
export interface EvaluationLimits {
  readonly max_facts: number;
  readonly max_iterations: number;
  readonly max_time_micro: number;
}

export interface Fact {
  set(name: string, value: string): void;
}

type Check = object;

export interface KeyPair extends Disposable {
  getPublicKey(): PublicKey;
}

export interface PublicKey extends Disposable {
  /** `ed25519/` and the key in hex. */
  toDatalogParameter(): string;
}
