import { mkdir, readdir, stat, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { noLogger } from '@tksm/abstractions';
import { seededRandom } from '@tksm/drivers-memory';
import { describe, expect, it } from 'vitest';
import { connectZone } from '../src/client/connect-zone.ts';
import { SOCKET_FILES } from '../src/folder/socket-files.ts';
import { serveZone } from '../src/server/serve-zone.ts';
import { RECEIPT, served, stubZone } from './served-folder.ts';
import type { Served } from './served-folder.ts';

function serveAgain({ dir, clock }: Served): ReturnType<typeof serveZone> {
  const time = { clock, timers: clock };
  const zone = stubZone();
  const accept = () => Promise.resolve(zone);
  return serveZone({ dir, zone, accept, time, random: seededRandom('again'), logger: noLogger });
}

describe('the files of a socket', () => {
  it('are their owner’s alone, whatever the umask', async ({ onTestFinished }) => {
    const before = process.umask(0);
    const place = await served(onTestFinished).finally(() => process.umask(before));
    expect((await readdir(place.dir)).sort()).toEqual(['tksm.secret', 'tksm.sock']);
    for (const name of await readdir(place.dir)) {
      expect((await stat(path.join(place.dir, name))).mode & 0o777).toBe(0o600);
    }
    await place.server.close();
    expect(await readdir(place.dir)).toEqual([]);
  });

  it('replace whatever an earlier server left, and follow no link', async ({ onTestFinished }) => {
    const place = await served(onTestFinished);
    await place.server.close();
    const [socket = '', secret = '', making = ''] = SOCKET_FILES.map((name) => path.join(place.dir, name));
    const precious = path.join(place.dir, 'precious');
    await writeFile(precious, 'kept');
    await writeFile(socket, 'no socket');
    await symlink(precious, secret);
    await mkdir(path.join(making, 'deep'), { recursive: true });
    const again = await serveAgain(place);
    const time = { clock: place.clock, timers: place.clock };
    const zone = await connectZone({ dir: place.dir, time, random: seededRandom('client') });
    expect(await zone.enqueue({ kind: 'any' })).toEqual(RECEIPT);
    zone.close();
    await again.close();
    expect(await readdir(place.dir)).toEqual(['precious']);
    expect((await stat(precious)).size).toBe(4);
  });

  it('are not made where something else is in their place, and nothing is left behind', async ({
    onTestFinished,
  }) => {
    const place = await served(onTestFinished);
    await place.server.close();
    await mkdir(path.join(place.dir, 'tksm.sock'));
    await expect(serveAgain(place)).rejects.toMatchObject({
      code: expect.stringMatching(/EISDIR|ENOTEMPTY|EEXIST/),
    });
    expect(await readdir(place.dir)).toEqual(['tksm.sock']);
  });
});
