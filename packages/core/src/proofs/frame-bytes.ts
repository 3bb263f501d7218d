import { encodeFrameHeader, FRAME_HEADER_BYTES } from '@tksm/abstractions';
import type { Frame } from '@tksm/abstractions';

/** A frame as it is hashed: its header and its payload. SHA-256(0x00 ‖ these bytes) is the frame's hash, and its leaf. */
export function frameBytes(frame: Frame): Buffer {
  const bytes = Buffer.alloc(FRAME_HEADER_BYTES + frame.payload.length);
  encodeFrameHeader(frame, bytes);
  bytes.set(frame.payload, FRAME_HEADER_BYTES);
  return bytes;
}
