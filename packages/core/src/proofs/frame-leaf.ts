import { encodeFrameHeader, FRAME_HEADER_BYTES, KernelError } from '@tksm/abstractions';
import type { Frame } from '@tksm/abstractions';
import { jsonElements } from './json-elements.ts';
import { MerkleFrontier } from './merkle-frontier.ts';
import { HASH_BYTES, leafHash } from './merkle-hash.ts';

/** What the leaves of a zone's tree are made of: whole frames, or the events in them (ADR 0023). Fixed at genesis. */
export type Leaves = 'frames' | 'events';

/**
 * The leaf of a frame. Of frames: its hash. Of events: SHA-256(0x00 ‖ header ‖ root of the tree over its events), and the
 * leaf of an event is SHA-256(0x00 ‖ its exact text).
 *
 * @throws KernelError `LogDamaged`
 */
export function frameLeaf(frame: Frame, leaves: Leaves): Buffer {
  if (leaves === 'frames') return Buffer.from(frame.hash, 'hex');
  const frontier = new MerkleFrontier();
  for (const text of eventTexts(frame)) frontier.append(leafHash(text));
  return leafOver(frame, frontier.root());
}

/** The leaf of a frame whose events have this root. */
function leafOver(frame: Frame, root: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafe(FRAME_HEADER_BYTES + HASH_BYTES);
  encodeFrameHeader(frame, bytes);
  bytes.set(root, FRAME_HEADER_BYTES);
  return leafHash(bytes);
}

/** The exact texts of a frame's events. @throws KernelError `LogDamaged` */
export function eventTexts({ payload, count, position }: Frame): readonly Uint8Array[] {
  const texts = jsonElements(payload);
  if (texts?.length === count) return texts;
  throw new KernelError('LogDamaged', `the frame at ${position} is not a list of ${count} events`, {
    data: { position },
  });
}
