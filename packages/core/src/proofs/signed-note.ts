// Signed notes as C2SP describes them (https://c2sp.org/signed-note): a text, an empty line, and a line for each
// signature: an em dash, the name of the key, and in base64 the key's id and the signature. Ed25519 only.

import { createPublicKey, hash, sign, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { KernelError } from '@tksm/abstractions';

/** Type of an Ed25519 signature, before the key where an id is computed. */
const ED25519 = 1;
const KEY_BYTES = 32;
const ID_BYTES = 4;
/** Longest note that is read. */
const MAX_NOTE_CHARACTERS = 64 * 1024;
/** No control characters but the end of a line. */
const NOTE = /^([^\p{Cc}]|\n)*\n\n(— [^\s+]+ [A-Za-z0-9+/=]+\n)+$/u;
const VERIFIER = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)$/;

interface NoteKey {
  readonly name: string;
  readonly id: Buffer;
  readonly key: KeyObject;
}

function idOf(name: string, typedKey: Buffer): Buffer {
  return hash('sha256', Buffer.concat([Buffer.from(`${name}\n`), typedKey]), 'buffer').subarray(0, ID_BYTES);
}

/** The public half of a key, after its type. */
function typedKeyOf(key: KeyObject): Buffer {
  const { x = '' } = createPublicKey(key.export({ format: 'pem', type: 'pkcs8' })).export({ format: 'jwk' });
  return Buffer.concat([Buffer.from([ED25519]), Buffer.from(x, 'base64url')]);
}

/** What others need to check notes of a private key: `name+id+key`, as C2SP writes verifier keys. */
export function verifierKeyOf(name: string, privateKey: KeyObject): string {
  const typed = typedKeyOf(privateKey);
  return `${name}+${idOf(name, typed).toString('hex')}+${typed.toString('base64')}`;
}

/** The note of a text, which ends with a line feed. */
export function signNote(text: string, name: string, privateKey: KeyObject): string {
  const signature = sign(null, Buffer.from(text), privateKey);
  const id = idOf(name, typedKeyOf(privateKey));
  return `${text}\n— ${name} ${Buffer.concat([id, signature]).toString('base64')}\n`;
}

/**
 * The text of a note that this key has signed. Signatures of other keys are passed over, as C2SP asks.
 *
 * @throws KernelError `ProofInvalid`
 */
export function openNote(note: string, verifierKey: string): string {
  const { name, id, key } = readVerifierKey(verifierKey);
  if (note.length > MAX_NOTE_CHARACTERS || !NOTE.test(note)) throw invalid('it is not a signed note');
  const end = note.lastIndexOf('\n\n') + 1;
  const text = note.slice(0, end);
  for (const line of note.slice(end + 1, -1).split('\n')) {
    const [, signer, base64 = ''] = line.split(' ');
    const bytes = Buffer.from(base64, 'base64');
    if (signer !== name || !bytes.subarray(0, ID_BYTES).equals(id)) continue;
    const isCanonical = bytes.toString('base64') === base64;
    if (isCanonical && verify(null, Buffer.from(text), key, bytes.subarray(ID_BYTES))) return text;
    throw invalid(`the signature of ${name} is not one of this text`);
  }
  throw invalid(`${name} has not signed it with this key`);
}

function readVerifierKey(text: string): NoteKey {
  const [, name = '', id = '', base64 = ''] = VERIFIER.exec(text) ?? [];
  const typed = Buffer.from(base64, 'base64');
  const isWhole = typed.length === 1 + KEY_BYTES && typed[0] === ED25519;
  if (!isWhole || idOf(name, typed).toString('hex') !== id) throw invalid('it is not a verifier key');
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: typed.subarray(1).toString('base64url') };
  return { name, id: Buffer.from(id, 'hex'), key: createPublicKey({ key: jwk, format: 'jwk' }) };
}

function invalid(why: string): KernelError {
  return new KernelError('ProofInvalid', `the checkpoint is refused: ${why}`);
}
