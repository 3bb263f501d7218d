import { hash as sha256 } from 'node:crypto';
import {
  decodeFrameHeader,
  encodeFrameHeader,
  FRAME_HEADER_BYTES,
  hash,
  KernelError,
} from '@tksm/abstractions';
import type { Frame, FrameDraft, LogHead } from '@tksm/abstractions';

/** A frame with the bytes it stands for: header and payload, in one copy. */
export interface EncodedFrame {
  readonly bytes: Uint8Array;
  readonly frame: Frame;
}

/** Tells a leaf of a Merkle tree from a node: RFC 9162 §2.1.1. */
const LEAF_PREFIX = new Uint8Array([0]);

export function encodeFrame(draft: FrameDraft, head: LogHead, payload: Uint8Array): EncodedFrame {
  const bytes = new Uint8Array(FRAME_HEADER_BYTES + payload.length);
  encodeFrameHeader(
    {
      position: head.position,
      count: draft.count,
      time: draft.time,
      epoch: draft.epoch,
      previousHash: head.hash,
    },
    bytes,
  );
  bytes.set(payload, FRAME_HEADER_BYTES);
  return decodeFrame(bytes, head);
}

/**
 * Reads a frame that follows `head`.
 *
 * @throws KernelError `LogDamaged` with `data.position` when it does not follow, `FormatTooNew`
 */
export function decodeFrame(bytes: Uint8Array, head: LogHead): EncodedFrame {
  const { position } = head;
  if (bytes.length < FRAME_HEADER_BYTES) {
    throw new KernelError('LogDamaged', 'a frame is cut off', { data: { position } });
  }
  const header = decodeFrameHeader(bytes);
  if (header.position !== position || header.previousHash !== head.hash || header.count === 0) {
    throw new KernelError('LogDamaged', `the frame at ${position} does not follow the one before`, {
      data: { position },
    });
  }
  const frame: Frame = {
    ...header,
    hash: hash(sha256('sha256', Buffer.concat([LEAF_PREFIX, bytes]), 'hex')),
    payload: bytes.subarray(FRAME_HEADER_BYTES),
  };
  return { bytes, frame };
}

export function headAfter(frame: Frame): LogHead {
  return {
    position: frame.position + frame.count,
    hash: frame.hash,
    epoch: frame.epoch,
    time: frame.time,
  };
}
