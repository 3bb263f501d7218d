import { Biscuit, BlockBuilder, KeyPair, PrivateKey, SignatureAlgorithm } from '@biscuit-auth/biscuit-wasm';
import type { RootKeys } from '@tksm/abstractions';

/** A token with one more block of any Datalog, signed by whoever holds it with another tool. */
export async function extended(token: string, datalog: string, keys: RootKeys): Promise<string> {
  const { seed } = await keys.newest();
  const root = KeyPair.fromPrivateKey(PrivateKey.fromBytes(seed, SignatureAlgorithm.Ed25519));
  const block = new BlockBuilder();
  block.addCode(datalog);
  return Biscuit.fromBase64(token, root.getPublicKey()).appendBlock(block).toBase64();
}

/** A token in its parts: what it begins with, each block that was added, and the proof at its end. */
export function partsOf(chain: readonly string[]): readonly Buffer[] {
  const tokens = chain.map((token) => Buffer.from(token, 'base64url'));
  const ends = tokens.slice(1).map((token, at) => sharedLength(token, tokens[at] ?? token));
  const last = tokens.at(-1) ?? Buffer.of();
  return [0, ...ends].map((start, at) => last.subarray(start, ends[at])).concat();
}

export function joined(parts: readonly (Buffer | undefined)[]): string {
  const text = Buffer.concat(parts.filter((part) => part !== undefined)).toString('base64');
  return text.replaceAll('+', '-').replaceAll('/', '_');
}

/** Changes one bit, at a fraction of the token. */
export function flipped(token: string, fraction: number, bit: number): string {
  const bytes = Buffer.from(token, 'base64url');
  const at = Math.floor((bytes.length - 1) * fraction);
  bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
  return joined([bytes]);
}

function sharedLength(one: Buffer, other: Buffer): number {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length++;
  return length;
}
