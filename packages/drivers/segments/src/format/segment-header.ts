import { crc32c } from './crc32c.ts';
import { FORMAT_VERSION, SEGMENT_HEADER_BYTES } from './layout.ts';

// "TKSMSEG\n": the line feed shows up a transfer that translated line ends.
const MAGIC = 'TKSMSEG\n';
const [CRC_AT, CHECKED_FROM] = [8, 12];

/** First block of a segment; see docs/adr/0002-frame-and-segment-format.md. */
export interface SegmentHeader {
  readonly firstPosition: number;
  /** Hash of the frame before the first one of this segment, as hex. */
  readonly previousHash: string;
  /** First position of the segment before; 0 for the first segment. */
  readonly previousFirst: number;
  /** Length of the segment before, in bytes; 0 for the first segment. */
  readonly previousBytes: number;
}

export type SegmentHeaderReading =
  { readonly header: SegmentHeader } | { readonly tooNew: number } | { readonly damage: string };

export function encodeSegmentHeader(header: SegmentHeader): Buffer {
  const block = Buffer.alloc(SEGMENT_HEADER_BYTES);
  block.write(MAGIC, 0, 'latin1');
  block.writeUInt32LE(FORMAT_VERSION, 12);
  block.writeBigUInt64LE(BigInt(header.firstPosition), 16);
  block.writeBigUInt64LE(BigInt(header.previousFirst), 24);
  block.writeBigUInt64LE(BigInt(header.previousBytes), 32);
  block.write(header.previousHash, 40, 'hex');
  block.writeUInt32LE(crc32c(block, CHECKED_FROM), CRC_AT);
  return block;
}

export function decodeSegmentHeader(block: Buffer): SegmentHeaderReading {
  if (block.length < SEGMENT_HEADER_BYTES) return { damage: 'the segment ends inside its header' };
  if (block.toString('latin1', 0, 8) !== MAGIC) return { damage: 'the segment does not begin as one' };
  if (block.readUInt32LE(CRC_AT) !== crc32c(block, CHECKED_FROM, SEGMENT_HEADER_BYTES)) {
    return { damage: 'the checksum of the segment header is wrong' };
  }
  const version = block.readUInt32LE(12);
  if (version !== FORMAT_VERSION) return { tooNew: version };
  return {
    header: {
      firstPosition: Number(block.readBigUInt64LE(16)),
      previousFirst: Number(block.readBigUInt64LE(24)),
      previousBytes: Number(block.readBigUInt64LE(32)),
      previousHash: block.toString('hex', 40, 72),
    },
  };
}
