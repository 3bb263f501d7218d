import { generateKeyPairSync } from 'node:crypto';
import { hash, zoneId } from '@tksm/abstractions';
import { describe, expect, it } from 'vitest';
import { originOf, readCheckpoint, writeCheckpoint } from './checkpoint.ts';
import { openNote, signNote, verifierKeyOf } from './signed-note.ts';

/** From the documentation of golang.org/x/mod/sumdb/note, where the format comes from. */
const GO_KEY = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
const GO_TEXT =
  "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
const GO_NOTE = `${GO_TEXT}\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n`;

const checkpoint = {
  origin: originOf(zoneId('ab'.repeat(16))),
  size: 12,
  root: Buffer.alloc(32, 7),
  position: 40,
  digest: hash('cd'.repeat(32)),
  leaves: 'frames' as const,
};

function signed() {
  const { privateKey } = generateKeyPairSync('ed25519');
  const text = writeCheckpoint(checkpoint);
  const note = signNote(text, checkpoint.origin, privateKey);
  return { text, note, key: verifierKeyOf(checkpoint.origin, privateKey) };
}

/** Generous: the machine may be busy. */
const TIMEOUT = { timeout: 60_000 };

describe('a signed checkpoint', TIMEOUT, () => {
  it('is read back as it was written, by whoever has the verifier key', () => {
    const { text, note, key } = signed();
    expect(openNote(note, key)).toBe(text);
    expect(readCheckpoint(text)).toEqual(checkpoint);
    expect(note.split('\n').slice(0, 3)).toEqual([
      checkpoint.origin,
      '12',
      checkpoint.root.toString('base64'),
    ]);
  });

  it('is refused with any byte changed', () => {
    const { note, key } = signed();
    const bytes = Buffer.from(note);
    for (let at = 0; at < bytes.length; at++) {
      for (const bit of [1, 0x20, 0x80]) {
        const changed = Buffer.from(bytes);
        changed[at] = (changed[at] ?? 0) ^ bit;
        expect(() => openNote(changed.toString(), key), `byte ${at}`).toThrow(/refused/);
      }
    }
  });

  it('is refused under another key, and passes over signatures of others', () => {
    const { text, note, key } = signed();
    const other = signed();
    expect(() => openNote(note, other.key)).toThrow(/not signed it/);
    const foreign = other.note.split('\n').at(-2) ?? '';
    expect(openNote(note.replace('\n\n', `\n\n${foreign}\n`), key)).toBe(text);
  });

  it('is a note as others write it', () => {
    const { note } = signed();
    expect(openNote(GO_NOTE, GO_KEY)).toBe(GO_TEXT);
    expect(() => openNote(GO_NOTE.replace('answer', 'cause'), GO_KEY)).toThrow(/not one of this text/);
    expect(() => openNote(note, GO_KEY)).toThrow(/has not signed it/);
    expect(() => openNote(GO_NOTE, GO_KEY.replace('c74', 'c75'))).toThrow(/not a verifier key/);
  });

  it.each(['size 012', 'no state', 'more lines'])('is not read with %s', (how) => {
    const text = writeCheckpoint(checkpoint);
    const changed =
      how === 'size 012'
        ? text.replace('\n12\n', '\n012\n')
        : how === 'no state'
          ? text.replace(/tksm-state.*\n/, '')
          : `${text}more\n`;
    expect(() => readCheckpoint(changed)).toThrow(/not a checkpoint/);
  });
});
