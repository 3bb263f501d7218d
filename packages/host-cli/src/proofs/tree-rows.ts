// The rows of `proofs/frames` (ADR 0023): 44 bytes each, of which the last four are the CRC-32 of the others. Row 0 says
// whose tree it is; row n + 1 is frame n: the position of its first event (8 bytes, little-endian) and its leaf.

import { crc32 } from 'node:zlib';
import type { Position } from '@tksm/abstractions';
import type { Leaves } from '@tksm/core';

export const ROW_BYTES = 44;
const [DATA_BYTES, MAGIC, VERSION] = [ROW_BYTES - 4, 'TKSMTREE', 1];
const [VERSION_AT, LEAVES_AT, ZONE_AT, ZONE_BYTES] = [8, 12, 16, 16];
/** Bytes of a hash. */
export const HASH_BYTES = 32;

export interface FrameRow {
  readonly position: Position;
  readonly leaf: Buffer;
}

/** Whose tree it is, and what its leaves are made of. */
export interface TreeTitle {
  /** Id of the zone. */
  readonly zone: string;
  readonly leaves: Leaves;
}

export function encodeFrameRow({ position, leaf }: FrameRow): Buffer {
  const row = Buffer.alloc(ROW_BYTES);
  row.writeBigUInt64LE(BigInt(position));
  leaf.copy(row, 8);
  return sealed(row);
}

/** Undefined for bytes that are not a row. */
export function decodeFrameRow(row: Buffer): FrameRow | undefined {
  return isSealed(row)
    ? { position: Number(row.readBigUInt64LE()), leaf: row.subarray(8, DATA_BYTES) }
    : undefined;
}

export function encodeTitle({ zone, leaves }: TreeTitle): Buffer {
  const row = Buffer.alloc(ROW_BYTES);
  row.write(MAGIC, 'latin1');
  row.writeUInt32LE(VERSION, VERSION_AT);
  row.writeUInt32LE(leaves === 'events' ? 1 : 0, LEAVES_AT);
  row.write(zone, ZONE_AT, 'hex');
  return sealed(row);
}

/** Undefined for bytes that are not a title of this version. */
export function decodeTitle(row: Buffer): TreeTitle | undefined {
  if (!isSealed(row) || row.toString('latin1', 0, VERSION_AT) !== MAGIC) return undefined;
  if (row.readUInt32LE(VERSION_AT) !== VERSION) return undefined;
  const leaves = row.readUInt32LE(LEAVES_AT) === 1 ? 'events' : 'frames';
  return { zone: row.toString('hex', ZONE_AT, ZONE_AT + ZONE_BYTES), leaves };
}

/** Inner nodes that so many leaves complete: each leaf one for every one bit that its number ends with. */
export function nodesBefore(leaves: number): number {
  let ones = 0;
  for (let rest = leaves; rest > 0; rest = Math.floor(rest / 2)) ones += rest % 2;
  return leaves - ones;
}

function sealed(row: Buffer): Buffer {
  row.writeUInt32LE(crc32(row.subarray(0, DATA_BYTES)), DATA_BYTES);
  return row;
}

function isSealed(row: Buffer): boolean {
  return row.length === ROW_BYTES && row.readUInt32LE(DATA_BYTES) === crc32(row.subarray(0, DATA_BYTES));
}
