import { hash as asHash, KernelError } from '@tksm/abstractions';
import type { Hash, Position, ZoneId } from '@tksm/abstractions';
import type { Leaves } from './frame-leaf.ts';

/** What a zone's log was at one time. Signed, it is a promise that there is no other one. */
export interface Checkpoint {
  /** Whose log: `tksm/zone/` and the zone's id. Also the name of the key that signs. */
  readonly origin: string;
  /** Number of frames. */
  readonly size: number;
  /** Root of the Merkle tree over them. */
  readonly root: Buffer;
  /** Number of events in them. */
  readonly position: Position;
  /** State digest after those events. */
  readonly digest: Hash;
  /** What the leaves of the tree are made of. */
  readonly leaves: Leaves;
}

const EVENT_LEAVES = 'tksm-leaves/1 events\n';
const TEXT =
  /^(tksm\/zone\/[0-9a-f]{32})\n(0|[1-9][0-9]{0,15})\n([A-Za-z0-9+/]{43}=)\ntksm-state\/1 (0|[1-9][0-9]{0,15}) ([0-9a-f]{64})\n(tksm-leaves\/1 events\n)?$/;

export function originOf(zone: ZoneId): string {
  return `tksm/zone/${zone}`;
}

/**
 * The text that is signed: C2SP tlog-checkpoint, with an extension line that names the state (ADR 0013), and another one
 * where the leaves are made of events (ADR 0023), so that nobody can take one kind of leaf for the other.
 */
export function writeCheckpoint({ origin, size, root, position, digest, leaves }: Checkpoint): string {
  const tree = `${origin}\n${size}\n${root.toString('base64')}\n`;
  return `${tree}tksm-state/1 ${position} ${digest}\n${leaves === 'events' ? EVENT_LEAVES : ''}`;
}

/** @throws KernelError `ProofInvalid` */
export function readCheckpoint(text: string): Checkpoint {
  const [whole, origin = '', size, root = '', position, digest = '', eventLeaves] = TEXT.exec(text) ?? [];
  if (whole === undefined) throw new KernelError('ProofInvalid', 'this is not a checkpoint of a log of tksm');
  const checkpoint = {
    origin,
    size: Number(size),
    root: Buffer.from(root, 'base64'),
    position: Number(position),
    digest: asHash(digest),
    leaves: eventLeaves === undefined ? ('frames' as const) : ('events' as const),
  };
  if (writeCheckpoint(checkpoint) !== text)
    throw new KernelError('ProofInvalid', 'a number or a hash of the checkpoint is not in its one form');
  return checkpoint;
}
