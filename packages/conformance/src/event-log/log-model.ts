import { createHash } from 'node:crypto';
import { hash, NO_HASH } from '@tksm/abstractions';
import type { EventLog, Expected, Frame, FrameDraft, Hash, LogHead, Position } from '@tksm/abstractions';
import { expect } from 'vitest';

/**
 * What a log must hold. Computes hashes by itself, from the layout as it is written down, not through the codec that a
 * driver may use.
 */
export class LogModel {
  readonly frames: Frame[] = [];

  get head(): LogHead {
    const last = this.frames.at(-1);
    if (last === undefined) return { position: 0, hash: NO_HASH, epoch: 0, time: 0 };
    return { position: last.position + last.count, hash: last.hash, epoch: last.epoch, time: last.time };
  }

  /** What a writer that is up to date expects. */
  expected(epoch = this.head.epoch): Expected {
    return { position: this.head.position, previousHash: this.head.hash, epoch };
  }

  add(draft: FrameDraft): void {
    const { position, hash: previousHash } = this.head;
    const payload = new Uint8Array(Buffer.from(draft.payload, 'utf8'));
    const { count, time, epoch } = draft;
    this.frames.push({
      position,
      count,
      time,
      epoch,
      previousHash,
      payload,
      hash: leafHash(headerBytes(draft, position, previousHash), payload),
    });
  }

  /** The frames that a read from a position gives. */
  from(position: Position): Frame[] {
    return this.frames.filter((frame) => frame.position + frame.count > position);
  }

  /** Appends to a log and to the model, and checks that the log says so. */
  async commit(log: EventLog, draft: FrameDraft): Promise<void> {
    const expected = this.expected(Math.max(draft.epoch, this.head.epoch));
    const outcome = await log.append(draft, expected);
    this.add(draft);
    expect(outcome).toEqual({ status: 'committed', head: this.head });
  }

  /** Checks a log against the model, from its first frame. */
  async check(log: EventLog): Promise<void> {
    expect(await log.head()).toEqual(this.head);
    expectFrames(await readAll(log), this.frames);
  }
}

export async function readAll(log: EventLog, from?: Position): Promise<Frame[]> {
  const frames: Frame[] = [];
  for await (const frame of log.read(from === undefined ? {} : { from })) frames.push(frame);
  return frames;
}

/** Compares frames field by field, payloads byte by byte. */
export function expectFrames(actual: readonly Frame[], expected: readonly Frame[]): void {
  expect(actual.map(comparable)).toEqual(expected.map(comparable));
}

function comparable(frame: Frame): object {
  const { position, count, time, epoch, previousHash, payload } = frame;
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString('base64');
  return { position, count, time, epoch, previousHash, hash: frame.hash, bytes };
}

function headerBytes(draft: FrameDraft, position: Position, previousHash: Hash): Buffer {
  const header = Buffer.alloc(64);
  header.writeUInt8(1, 0);
  header.writeUInt32LE(draft.count, 4);
  header.writeBigUInt64LE(BigInt(position), 8);
  header.writeBigUInt64LE(BigInt(draft.time), 16);
  header.writeBigUInt64LE(BigInt(draft.epoch), 24);
  header.write(previousHash, 32, 'hex');
  return header;
}

function leafHash(header: Uint8Array, payload: Uint8Array): Hash {
  return hash(createHash('sha256').update(new Uint8Array(1)).update(header).update(payload).digest('hex'));
}
