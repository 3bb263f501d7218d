import { KernelError } from '@tksm/abstractions';
import type { Frame, Position } from '@tksm/abstractions';
import type { Checkpoint } from './checkpoint.ts';
import { frameBytes } from './frame-bytes.ts';
import { eventTexts, frameLeaf } from './frame-leaf.ts';
import { MemoryTree } from './memory-tree.ts';
import { leafHash } from './merkle-hash.ts';
import { proveConsistency, proveInclusion } from './merkle-prove.ts';
import type { MerkleNodes } from './merkle-prove.ts';
import { isConsistent, isIncluded } from './merkle-verify.ts';
import { isInState } from './state-proof.ts';
import type { StateProof } from './state-proof.ts';

/** First field of a proof file. A change of the form is another one. */
const FORMAT = 'tksm-proof/1';

/** A checkpoint, as signed and as read. */
export interface SignedCheckpoint {
  readonly note: string;
  readonly checkpoint: Checkpoint;
}

/** Proof files have one form each (ADR 0013), so that a changed byte is never passed over. */
function fileOf(fields: object): string {
  return `${JSON.stringify(fields, undefined, 2)}\n`;
}

const base64 = (hashes: readonly Buffer[]): string[] => hashes.map((hash) => hash.toString('base64'));

export interface EventPlace {
  readonly position: Position;
  /** The frame that holds it, and its number. */
  readonly frame: Frame;
  readonly index: number;
}

/**
 * The proof file of an event under a checkpoint that covers it.
 *
 * @throws KernelError `ProofInvalid` when the nodes or the frame are not those of the checkpoint's tree
 */
export function writeEventProof(
  { note, checkpoint: { size, root, leaves } }: SignedCheckpoint,
  { position, frame, index }: EventPlace,
  nodes: MerkleNodes,
): string {
  const proof = proveInclusion(nodes, index, size);
  if (!isIncluded({ index, size, root, leafHash: frameLeaf(frame, leaves), proof }))
    throw unfit('the frame does not lead to the signed root');
  const fields = { checkpoint: note, position };
  const inclusion = base64(proof);
  if (leaves === 'events')
    return fileOf({
      format: FORMAT,
      type: 'event-leaf',
      ...fields,
      ...eventAlone(frame, position),
      index,
      inclusion,
    });
  const events = JSON.parse(Buffer.from(frame.payload).toString()) as unknown[];
  const event = events[position - frame.position];
  const bytes = frameBytes(frame).toString('base64');
  return fileOf({ format: FORMAT, type: 'event', ...fields, event, index, frame: bytes, inclusion });
}

/** What shows an event and of its frame the header alone: its exact text, and the path to the root over its neighbours. */
function eventAlone(frame: Frame, position: Position): { event: string; path: string[]; header: string } {
  const texts = eventTexts(frame);
  const at = position - frame.position;
  const tree = new MemoryTree(texts.map(leafHash));
  return {
    event: Buffer.from(texts[at] ?? []).toString(),
    path: base64(proveInclusion(tree, at, tree.size)),
    header: frameBytes({ ...frame, payload: new Uint8Array() }).toString('base64'),
  };
}

/**
 * The proof file that the log of one checkpoint goes on in a newer one.
 *
 * @throws KernelError `ProofInvalid` when it does not, or the nodes are not those of the newer tree
 */
export function writeConsistencyProof(
  { note, checkpoint }: SignedCheckpoint,
  older: SignedCheckpoint,
  nodes: MerkleNodes,
): string {
  const [first, second] = [older.checkpoint.size, checkpoint.size];
  const [firstRoot, secondRoot] = [older.checkpoint.root, checkpoint.root];
  const isProvable = first > 0 && first <= second && older.checkpoint.origin === checkpoint.origin;
  const proof = isProvable ? proveConsistency(nodes, first, second) : [];
  if (!isProvable || !isConsistent({ first, second, firstRoot, secondRoot, proof })) {
    throw unfit('the older checkpoint is not one of a part of this log');
  }
  const consistency = base64(proof);
  return fileOf({ format: FORMAT, type: 'consistency', checkpoint: note, older: older.note, consistency });
}

/** The proof file of an entry of the state. @throws KernelError `ProofInvalid` when it is not the checkpoint's state */
export function writeStateProof({ note, checkpoint }: SignedCheckpoint, proof: StateProof): string {
  if (!isInState(proof, checkpoint.digest)) throw unfit('the entry does not lead to the signed state digest');
  const { key, value, bucket, rows } = proof;
  return fileOf({ format: FORMAT, type: 'state', checkpoint: note, key, value, bucket, rows });
}

function unfit(why: string): KernelError {
  return new KernelError('ProofInvalid', `there is no such proof: ${why}`);
}
