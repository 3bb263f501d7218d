import { KernelError } from '@tksm/abstractions';
import type {
  BlobStore,
  Command,
  CommandId,
  HandleId,
  Health,
  Instant,
  JobSpec,
  KernelEvent,
  Position,
  StoredObject,
  StoredValue,
  Value,
} from '@tksm/abstractions';
import type { Admission } from '../admission/admission.ts';
import type { Authority } from '../authority/authority.ts';
import type { Agenda } from '../scheduler/agenda.ts';
import type { RetiredRecords } from '../retention/retired-records.ts';
import type { Ticker } from '../schedules/ticker.ts';
import type { Giver } from '../sealing/giver.ts';
import type { Payload } from '../sealing/payload.ts';
import type { Sealer } from '../sealing/sealer.ts';
import type { Settings } from '../settings/settings.ts';
import type { KernelState } from '../state/kernel-state.ts';
import type { Asks } from './asks.ts';

/** What an operation of the kernel may look at. */
export interface OperationScope {
  readonly state: KernelState;
  readonly agenda: Agenda;
  readonly admission: Admission;
  readonly authority: Authority;
  readonly retired: RetiredRecords;
  readonly ticker: Ticker;
  readonly settings: Settings;
  readonly now: Instant;
  /** Position that its event would get. */
  readonly position: Position;
  readonly by: HandleId;
  readonly cmd: CommandId | undefined;
  health(): Health;
}

/** What an operation came to. Reads have no events. */
export interface OperationResult {
  readonly output: Value;
  readonly events: readonly KernelEvent[];
}

/** What an operation has at hand before it decides. */
export interface Preparation {
  readonly sealer: Sealer;
  readonly ticker: Ticker;
  readonly blobs: BlobStore;
  /** The command as it came, and what of its input is somebody's. */
  readonly command: Command;
  readonly parts: Payload['parts'];
  readonly giver: Giver;
  /** Whether it is the first of its id; else it is only compared. */
  readonly isNew: boolean;
  /**
   * The contract of a job that the operation will have submitted: its kind pinned, its input checked and sealed.
   *
   * @throws KernelError `UnsupportedOperation`, `InvalidInput`, `InvalidSpec`, `SecretInClear`
   */
  specOf(command: Command): Promise<JobSpec>;
}

/** A deterministic decision over the kernel's own state. */
export interface KernelOperation {
  readonly name: string;
  readonly summary: string;
  readonly asks: Asks;
  /** It only looks: nothing of it is recorded, and each time it is asked it looks anew. */
  readonly reads?: true;
  /** Work outside the kernel's state before the decision; gives the input to decide over. */
  prepare?(input: StoredObject, preparation: Preparation): Promise<StoredObject>;
  perform(input: StoredObject, scope: OperationScope): OperationResult;
  /** Work outside the kernel's state once the decision is durable. */
  recorded?(input: StoredObject, sealer: Sealer): Promise<void>;
}

/** A text field of an input. @throws KernelError `InvalidInput` */
export function textField(input: StoredObject, field: string): string {
  const value = input[field];
  if (typeof value !== 'string')
    throw new KernelError('InvalidInput', `${field} is a text`, { data: { field } });
  return value;
}

/** An operation's input as an object. @throws KernelError `InvalidInput` */
export function objectInput(input: StoredValue): StoredObject {
  if (input === null) return {};
  if (typeof input !== 'object' || Array.isArray(input)) {
    throw new KernelError('InvalidInput', 'the input is an object');
  }
  return input as StoredObject;
}
