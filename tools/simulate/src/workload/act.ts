import type { Command, StoredObject, VarLayer } from '@tksm/abstractions';
import type { DiskFault } from '../disk/fault.ts';

/** A job by a small number, counted back from the last that was acknowledged. */
type JobNumber = number;

/** Makes a command idempotent: an act with the same id may come again, or another under the same id. */
interface Named {
  readonly id?: string;
}

/** What a write of variables asks of them before. `stale`: an etag that they had once, perhaps. */
type VarExpectation = 'nothing' | 'absent' | 'current' | 'stale';

interface EnqueueAct extends Named {
  readonly act: 'enqueue';
  readonly command: Command;
  readonly waitsFor: readonly JobNumber[];
  /** Relative to the moment of the act, in ms. */
  readonly delay?: number;
  readonly deadlineIn?: number;
}

export interface VarAct extends Named {
  readonly act: 'var';
  readonly operation: 'set' | 'delete' | 'apply';
  readonly layer: VarLayer;
  /** One, but for `apply`, which writes them in turn and deletes every third. */
  readonly names: readonly string[];
  readonly value: number;
  readonly expects: VarExpectation;
}

interface BatchAct extends Named {
  readonly act: 'batch';
  readonly size: number;
}

interface JobAct extends Named {
  readonly act: 'cancel' | 'retry';
  readonly job: JobNumber;
}

interface SendAct extends Named {
  readonly act: 'send';
  readonly job: JobNumber;
  readonly topic: string;
}

/** What an operator does to the kernel itself: settings, pauses, breakers, schedules, supervisors. */
export interface OperateAct extends Named {
  readonly act: 'operate';
  readonly operation: string;
  readonly input: StoredObject;
  /** What it is about, when that is a job. */
  readonly job?: JobNumber;
  /** A moment in its input, relative to the moment of the act, in ms. */
  readonly at?: number;
}

export type CommandAct = EnqueueAct | BatchAct | VarAct | JobAct | SendAct | OperateAct;

/** One thing that happens to a kernel. Acts hold everything they need, so that any of them can be left out. */
export type Act =
  | CommandAct
  | { readonly act: 'advance' | 'jump'; readonly ms: number }
  | { readonly act: 'fault'; readonly fault: DiskFault }
  | { readonly act: 'rot'; readonly kind: 'bit-flip' | 'stale-frame'; readonly chance: number }
  | { readonly act: 'restart' | 'settle' | 'check' }
  | { readonly act: 'drain'; readonly graceMs: number }
  | { readonly act: 'crash'; readonly fault: DiskFault };

export function isCommand(act: Act): act is CommandAct {
  return ['enqueue', 'batch', 'var', 'cancel', 'retry', 'send', 'operate'].includes(act.act);
}

export function isFault({ act }: Act): boolean {
  return act === 'fault' || act === 'rot' || act === 'crash' || act === 'jump';
}
