import { readFileSync } from 'node:fs';
import { descendantsOf, processUses } from './processes.ts';

/** Clock ticks of /proc a second: fixed in the interface of Linux to programs. */
const TICKS_PER_S = 100;
const KERNEL_THREADS = 2;

/** CPU time used so far, in ticks: by the whole machine, and by those that work for us. */
export interface CpuUse {
  readonly atMs: number;
  readonly all: number;
  readonly ours: number;
}

/** `roots`: processes that work for us, with all that they started. Undefined where there is no Linux /proc. */
export function cpuUse(roots: readonly number[]): CpuUse | undefined {
  try {
    return { atMs: performance.now(), all: machineTicks(), ours: ticksOf(roots) };
  } catch {
    return undefined;
  }
}

/**
 * Cores that others kept busy between two looks: every process that does not work for us, and time that the host of a virtual machine took away. Counted from the machine's total, so that short-lived processes are not missed.
 */
export function foreignCores(before: CpuUse | undefined, after: CpuUse | undefined): number | undefined {
  if (before === undefined || after === undefined) return undefined;
  const ticks = after.all - before.all - (after.ours - before.ours);
  const seconds = (after.atMs - before.atMs) / 1_000;
  return Math.max(0, ticks / TICKS_PER_S / seconds);
}

function machineTicks(): number {
  const [line = ''] = readFileSync('/proc/stat', 'utf8').split('\n', 1);
  const [user = 0, nice = 0, system = 0, , , , , steal = 0] = line.split(/\s+/).slice(1).map(Number);
  return user + nice + system + steal;
}

/** Used by these, by their descendants, ended ones included, and by the kernel's threads: these mostly flush for us. */
function ticksOf(roots: readonly number[]): number {
  const uses = processUses();
  const ours = descendantsOf([KERNEL_THREADS, ...roots], uses);
  return [...ours].reduce((sum, pid) => sum + (uses.get(pid)?.ticks ?? 0), 0);
}
