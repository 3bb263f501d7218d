import { readdirSync, readFileSync } from 'node:fs';

/** One look at /proc. */
export interface ProcessUse {
  readonly parent: number;
  /** Clock ticks of its own and, once they ended, of its children. */
  readonly ticks: number;
}

export function processUses(): ReadonlyMap<number, ProcessUse> {
  const uses = new Map<number, ProcessUse>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const fields = statFields(name);
      // utime, stime, cutime, cstime
      const ticks = fields.slice(11, 15).reduce((sum, part) => sum + Number(part), 0);
      uses.set(Number(name), { parent: Number(fields[1]), ticks });
    } catch {
      // It ended while we looked.
    }
  }
  return uses;
}

/** These processes and all that they started, as far as they live. */
export function descendantsOf(
  roots: Iterable<number>,
  uses: ReadonlyMap<number, ProcessUse> = processUses(),
): ReadonlySet<number> {
  const found = new Set(roots);
  const isFound = (pid: number): boolean => {
    if (found.has(pid)) return true;
    const parent = uses.get(pid)?.parent ?? 0;
    if (parent === 0 || !isFound(parent)) return false;
    found.add(pid);
    return true;
  };
  for (const pid of uses.keys()) isFound(pid);
  return found;
}

/** Fields of /proc/PID/stat from the third on; the second may hold spaces and brackets. */
function statFields(pid: string): string[] {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return text.slice(text.lastIndexOf(')') + 2).split(' ');
}
