import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { E2E, errorOf, Place } from './tksm.ts';

/** By the shell: tools of the system are no dependencies. */
function shell(script: string, folder: string): boolean {
  return spawnSync('sh', ['-c', script, folder], { stdio: 'ignore' }).status === 0;
}

const canMount = shell('unshare --mount mount -t tmpfs none "$0"', '/mnt');
if (!canMount) {
  if (process.env.TKSM_REQUIRE_ALL === '1') throw new Error('the right to mount is required');
  console.warn('skipped: a full disk needs the right to mount (run as root)');
}

describe.skipIf(!canMount)('a full disk', E2E, () => {
  it('ends the command with its code, and costs nothing that was acknowledged', async ({
    onTestFinished,
  }) => {
    const place = new Place(onTestFinished);
    mkdirSync(place.data);
    expect(shell('mount -t tmpfs -o size=700k none "$0"', place.data)).toBe(true);
    onTestFinished(() => {
      shell('umount --lazy "$0"', place.data);
    });
    const items = Array.from({ length: 400 }, (_, index) => `item ${index}`);
    const hog = {
      kind: 'shell',
      forEach: items,
      retry: { maxAttempts: 1 },
      input: { argv: ['sh', '-c', 'head -c 4000 /dev/zero | tr "\\0" x; echo $0', '${item}'] },
    };
    const graph = place.file('graph.yaml', JSON.stringify({ name: 'hog', jobs: { hog } }));
    const full = await place.tksm('run', graph, '--json');
    expect(full.code).toBe(1);
    expect(errorOf(full)).toMatchObject({ code: 'DiskFull' });
    expect((await place.tksm('event', 'verify')).code).toBe(0);
    expect(shell('mount -o remount,size=64m "$0"', place.data)).toBe(true);
    expect(await place.json('run', graph)).toMatchObject({ status: 'succeeded', resumed: true });
  });
});
