import type { Command } from '@tksm/abstractions';
import type { DiskFault } from '../disk/fault.ts';

/** A job by a small number, counted back from the last that was acknowledged. */
type JobNumber = number;

/** One thing that happens to a kernel. Acts hold everything they need, so that any of them can be left out. */
export type Act =
  | {
      readonly act: 'enqueue';
      readonly command: Command;
      readonly waitsFor: readonly JobNumber[];
      readonly id?: string;
      /** Relative to the moment of the act, in ms. */
      readonly delay?: number;
      readonly deadlineIn?: number;
    }
  | { readonly act: 'batch'; readonly size: number; readonly id?: string }
  | {
      readonly act: 'var';
      readonly name: string;
      readonly value: number;
      readonly id?: string;
      readonly ifNew: boolean;
    }
  | { readonly act: 'cancel' | 'retry'; readonly job: JobNumber; readonly id?: string }
  | { readonly act: 'advance' | 'jump'; readonly ms: number }
  | { readonly act: 'fault'; readonly fault: DiskFault }
  | { readonly act: 'rot'; readonly kind: 'bit-flip' | 'stale-frame'; readonly chance: number }
  | { readonly act: 'restart' | 'settle' | 'check' | 'drain' }
  | { readonly act: 'crash'; readonly fault: DiskFault };

export type CommandAct = Extract<Act, { readonly act: 'enqueue' | 'batch' | 'var' | 'cancel' | 'retry' }>;

export function isCommand(act: Act): act is CommandAct {
  return ['enqueue', 'batch', 'var', 'cancel', 'retry'].includes(act.act);
}

export function isFault({ act }: Act): boolean {
  return act === 'fault' || act === 'rot' || act === 'crash' || act === 'jump';
}
