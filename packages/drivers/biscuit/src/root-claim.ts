import { invalidToken } from './token-fault.ts';

/** The root key that a token says it hangs from. */
export interface RootClaim {
  readonly id: number;
  /** Hex of an Ed25519 key. */
  readonly publicKey: string;
}

/** Fields of the format (https://github.com/eclipse-biscuit/biscuit/blob/main/schema.proto): of a token, a signed block, a block. */
const ROOT_KEY_ID = 1;
const AUTHORITY = 2;
const BLOCK = 1;
const SYMBOL = 1;
const PUBLIC_KEY = /^ed25519\/([0-9a-f]{64})$/;

/**
 * Which root key a token claims: the id in its envelope, and the first key that its first block names. Nothing of it is proved.
 *
 * @throws KernelError `TokenInvalid`
 */
export function rootClaimOf(token: Uint8Array): RootClaim {
  const id = [...fieldsOf(token)].find(({ field }) => field === ROOT_KEY_ID)?.value;
  for (const { field, value } of fieldsOf(messageIn(messageIn(token, AUTHORITY), BLOCK))) {
    if (field !== SYMBOL || typeof value === 'number') continue;
    const [, publicKey] = PUBLIC_KEY.exec(Buffer.from(value).toString('latin1')) ?? [];
    if (publicKey !== undefined && typeof id === 'number') return { id, publicKey };
  }
  throw invalidToken('not-a-token');
}

function messageIn(bytes: Uint8Array, wanted: number): Uint8Array {
  for (const { field, value } of fieldsOf(bytes)) {
    if (field === wanted && typeof value !== 'number') return value;
  }
  throw invalidToken('not-a-token');
}

interface Field {
  readonly field: number;
  readonly value: number | Uint8Array;
}

const VARINT = 0;
const LENGTH_DELIMITED = 2;

/** The fields of a protobuf message that has numbers and bytes alone (https://protobuf.dev/programming-guides/encoding). */
function* fieldsOf(bytes: Uint8Array): Generator<Field> {
  let at = 0;
  /** At most 32 bits. */
  const varint = (): number => {
    let value = 0;
    for (let scale = 1; scale <= 2 ** 28; scale *= 128) {
      const byte = bytes[at++];
      if (byte === undefined) break;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
    throw invalidToken('not-a-token');
  };
  while (at < bytes.length) {
    const key = varint();
    const [field, type] = [Math.floor(key / 8), key % 8];
    const number = varint();
    if (type === VARINT) yield { field, value: number };
    else if (type === LENGTH_DELIMITED && at + number <= bytes.length) {
      yield { field, value: bytes.subarray(at, at + number) };
      at += number;
    } else throw invalidToken('not-a-token');
  }
}
