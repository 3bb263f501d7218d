/** What can happen to a disk. Those of the first group are honest: a log must get over them without losing a thing. */
export const HONEST_FAULTS = [
  'power-loss',
  'process-kill',
  'read-error',
  'write-error',
  'short-write',
  'flush-error',
  'disk-full',
  'read-only',
] as const;

/** Lies of a disk. A log cannot heal them; it must not stay silent about them either. */
export const LYING_FAULTS = ['lost-write', 'misdirected-write', 'bit-flip', 'stale-frame'] as const;

export type DiskFaultKind = (typeof HONEST_FAULTS)[number] | (typeof LYING_FAULTS)[number];

/** A fault that waits for its moment. */
export interface DiskFault {
  readonly kind: DiskFaultKind;
  /** Disk calls until it happens. */
  readonly afterCalls: number;
  /** Calls that a full or read-only disk refuses before it takes writes again. */
  readonly calls: number;
  /** Decides what a crash keeps, where a write goes. */
  readonly chance: number;
}

/** What a call does to a disk: a fault fits some of them. `name` changes a folder or cuts a file. */
export type DiskCall = 'read' | 'write' | 'flush' | 'name';

/** Whether a fault can happen to a call. */
export function canHappen({ kind }: DiskFault, call: DiskCall): boolean {
  if (kind === 'power-loss' || kind === 'process-kill') return true;
  if (kind === 'flush-error') return call === 'flush';
  if (kind === 'read-error') return call === 'read';
  return call === 'write';
}

/** The simulated machine is dead: nothing that touches the disk returns any more. */
export class DiskGone extends Error {
  override readonly name = 'DiskGone';
}

/** A call failed, as the system would say it. */
export class DiskError extends Error {
  override readonly name = 'DiskError';
  readonly code: string;
  readonly syscall: string;

  constructor(code: string, syscall: string) {
    super(`${code}, ${syscall}`);
    this.code = code;
    this.syscall = syscall;
  }
}
