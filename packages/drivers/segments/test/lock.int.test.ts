import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { openSegmentsReader } from '../src/open-segments-reader.ts';
import { openEventLog } from '../src/open-segments.ts';
import { append } from './appending.ts';
import { nextLine, startChild } from './child-process.ts';
import { openLog, temporaryFolder, tickingClock } from './data-folder.ts';

const clock = tickingClock();

describe('the lock of a data folder', () => {
  it('refuses a second process, names the first, and is free when that one is killed', async () => {
    const dir = temporaryFolder();
    const child = startChild('log-process.ts', ['wait', dir]);
    expect(await nextLine(child)).toBe('open');
    const refused = { code: 'DataFolderLocked', data: { pid: child.pid } };
    await expect(openEventLog({ dir, clock })).rejects.toMatchObject(refused);
    child.kill();
    await child.exited;
    const log = await openLog(dir);
    expect((await append(log, '["mine"]')).status).toBe('committed');
  }, 30_000);

  it('is free when its holder is dead, although nobody has asked after it yet', async () => {
    const dir = temporaryFolder();
    // The shell starts the holder and never waits for it: killed, it stays a zombie.
    const file = path.join(import.meta.dirname, 'log-process.ts');
    const script = `"$0" ${file} wait ${dir} & echo $! >&2; exec sleep 60`;
    const child = startChild('log-process.ts', [], ['sh', '-c', script]);
    expect(await nextLine(child)).toBe('open');
    const pid = Number(child.errors());
    process.kill(pid, 'SIGKILL');
    await vi.waitFor(() => openLog(dir), 20_000);
    expect(readFileSync(`/proc/${pid}/stat`, 'latin1')).toContain(') Z ');
  }, 30_000);

  it('is free after a clean close', async () => {
    const dir = temporaryFolder();
    const child = startChild('log-process.ts', ['wait', dir]);
    expect(await nextLine(child)).toBe('open');
    child.write('close');
    expect(await nextLine(child)).toBe('closed');
    await openLog(dir);
    await child.exited;
  }, 30_000);

  it('refuses a second handle in the same process', async () => {
    const dir = temporaryFolder();
    const log = await openLog(dir);
    const refused = { code: 'DataFolderLocked', data: { pid: process.pid } };
    await expect(openEventLog({ dir, clock })).rejects.toMatchObject(refused);
    await expect(openEventLog({ dir: `${dir}/.`, clock })).rejects.toMatchObject(refused);
    expect((await append(log, '["still"]')).status).toBe('committed');
  });

  it('holds although the process has copied the lock file, and the copy is not locked', async () => {
    const dir = temporaryFolder();
    await openLog(dir);
    const copy = path.join(temporaryFolder(), 'copy');
    cpSync(dir, copy, { recursive: true });
    expect(readFileSync(path.join(dir, 'lock'))).toHaveLength(0);
    const child = startChild('log-process.ts', ['wait', dir]);
    await child.exited;
    expect(child.errors()).toContain('DataFolderLocked');
    await openLog(copy);
  }, 30_000);

  it('lets readers in', async () => {
    const dir = temporaryFolder();
    const log = await openLog(dir);
    await append(log, '["seen"]');
    expect(await (await openSegmentsReader({ dir })).head()).toEqual(await log.head());
  });

  it('is a typed error when the lock file is not one', async () => {
    const dir = temporaryFolder();
    writeFileSync(path.join(dir, 'lock'), 'x'.repeat(5000));
    await expect(openEventLog({ dir, clock })).rejects.toMatchObject({ code: 'StorageFailed' });
  });

  it('does not depend on the note', async () => {
    const dir = temporaryFolder();
    await openLog(dir);
    rmSync(path.join(dir, 'lock.json'));
    const error: unknown = await openEventLog({ dir, clock }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'DataFolderLocked', data: { dir } });
  });
});
