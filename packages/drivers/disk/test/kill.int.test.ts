import { spawn } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { hash } from '@tksm/abstractions';
import { openDiskBlobs } from '@tksm/drivers-disk';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const WRITER = path.join(import.meta.dirname, 'crash-writer.ts');

describe('a process killed while it writes blobs', () => {
  let dir = '';
  beforeEach(async () => {
    dir = await mkdtemp(path.join(tmpdir(), 'tksm-disk-kill-'));
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  it('has given out no reference that cannot be read, and leaves nothing behind', async () => {
    for (const killAfter of [1, 9, 30, 61, 100]) {
      const given = await writeUntilKilled(dir, killAfter);
      const blobs = openDiskBlobs({ dir });
      for (const name of given) for await (const chunk of blobs.read(hash(name))) void chunk;
      for await (const ref of blobs.list()) for await (const chunk of blobs.read(ref.hash)) void chunk;
      await blobs.write([Buffer.from('after')]);
      expect(await readdir(path.join(dir, 'blobs', 'tmp'))).toEqual([]);
    }
  }, 60_000);
});

/** Starts a writer, kills it when it has named so many blobs, and gives their names. */
async function writeUntilKilled(dir: string, killAfter: number): Promise<string[]> {
  const writer = spawn(process.execPath, [WRITER, dir], { stdio: ['ignore', 'pipe', 'inherit'] });
  const names: string[] = [];
  for await (const line of createInterface({ input: writer.stdout })) {
    if (line.length === 64) names.push(line);
    if (names.length === killAfter) writer.kill('SIGKILL');
  }
  expect(names.length).toBeGreaterThanOrEqual(killAfter);
  return names;
}
