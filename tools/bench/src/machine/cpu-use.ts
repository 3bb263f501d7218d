import { readdirSync, readFileSync } from 'node:fs';

/** Clock ticks of /proc a second: fixed in the interface of Linux to programs. */
const TICKS_PER_S = 100;
const KERNEL_THREADS = '2';

/** CPU time used so far, in ticks: by the whole machine, and by those that work for us. */
export interface CpuUse {
  readonly atMs: number;
  readonly all: number;
  readonly ours: number;
}

/** Undefined where there is no Linux /proc. */
export function cpuUse(): CpuUse | undefined {
  try {
    return { atMs: performance.now(), all: machineTicks(), ours: ownTicks() + kernelThreadTicks() };
  } catch {
    return undefined;
  }
}

/**
 * Cores that others kept busy between two looks: every process but this one and its ended children, and time that the
 * host of a virtual machine took away. Counted from the machine's total, so that short-lived processes are not missed.
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

function ownTicks(): number {
  const fields = statFields('self');
  // utime, stime, cutime, cstime
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0);
}

/** What the kernel does on our behalf, mostly: writing out and flushing. */
function kernelThreadTicks(): number {
  let ticks = 0;
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const fields = statFields(name);
      if (fields[1] === KERNEL_THREADS) ticks += Number(fields[11]) + Number(fields[12]);
    } catch {
      // It ended while we looked.
    }
  }
  return ticks;
}

/** Fields of /proc/PID/stat from the third on; the second may hold spaces and brackets. */
function statFields(pid: string): string[] {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return text.slice(text.lastIndexOf(')') + 2).split(' ');
}
