import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';

/** What idle-kernel.ts prints. */
interface WakeUps {
  readonly loops: number;
  readonly switches: Readonly<Record<string, number>>;
}

it('a kernel with schedules that are due in an hour does not wake up', async () => {
  const data = mkdtempSync(path.join(tmpdir(), 'tksm-idle-'));
  onTestFinished(() => {
    rmSync(data, { recursive: true, force: true });
  });
  const script = path.join(import.meta.dirname, 'idle-kernel.ts');
  const { stdout } = await promisify(execFile)(process.execPath, [script, data, '3']);
  const { loops, switches } = JSON.parse(stdout) as WakeUps;
  // The one turn is that of the script's own timer.
  expect(loops).toBeLessThanOrEqual(1);
  const ofThread = (name: string): number =>
    Object.entries(switches).reduce((sum, [thread, count]) => sum + (thread.endsWith(name) ? count : 0), 0);
  expect(ofThread(' node-MainThread')).toBeLessThanOrEqual(2);
  // The thread that writes the log.
  expect(ofThread(' WorkerThread')).toBe(0);
}, 60_000);
