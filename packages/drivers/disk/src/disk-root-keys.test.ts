import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { MAX_ROOT_KEYS } from '@tksm/abstractions';
import { describe, expect, it, onTestFinished } from 'vitest';
import { DiskRootKeys } from './disk-root-keys.ts';

function folder(): string {
  const dir = mkdtempSync(path.join(tmpdir(), 'tksm-root-keys-'));
  onTestFinished(() => {
    rmSync(dir, { recursive: true });
  });
  return dir;
}

describe('DiskRootKeys', () => {
  it('makes a key on first use, for its owner alone, and finds it again', async () => {
    const dir = folder();
    expect(await new DiskRootKeys(dir).list()).toEqual([]);
    const key = await new DiskRootKeys(dir).newest();
    expect(key).toMatchObject({ id: 1, seed: expect.objectContaining({ length: 32 }) });
    expect(await new DiskRootKeys(dir).newest()).toEqual(key);
    expect(await new DiskRootKeys(dir).list()).toEqual([key]);
    expect(statSync(path.join(dir, 'authority')).mode & 0o777).toBe(0o700);
    expect(statSync(path.join(dir, 'authority', 'root-1.key')).mode & 0o777).toBe(0o600);
  });

  it('gives all who ask at once the same first key, and leaves nothing else behind', async () => {
    const dir = folder();
    const asked = Array.from({ length: 8 }, (_, at) => new DiskRootKeys(at % 2 === 0 ? dir : `${dir}/.`));
    const keys = await Promise.all(asked.map((each) => each.newest()));
    expect(new Set(keys.map(({ seed }) => Buffer.from(seed).toString('hex'))).size).toBe(1);
    expect(readdirSync(path.join(dir, 'authority'))).toEqual(['root-1.key']);
  });

  it('signs with the newest, keeps older ones until they are removed, and never uses an id again', async () => {
    const keys = new DiskRootKeys(folder());
    const first = await keys.newest();
    const second = await keys.rotate();
    expect(second.id).toBe(2);
    expect(await keys.newest()).toEqual(second);
    expect(await keys.list()).toEqual([first, second]);
    await expect(keys.remove(2)).rejects.toMatchObject({ code: 'InvalidOperation' });
    expect(await keys.remove(1)).toBe(true);
    expect(await keys.remove(1)).toBe(false);
    expect((await keys.rotate()).id).toBe(3);
  });

  it('keeps to its bound', async () => {
    const keys = new DiskRootKeys(folder());
    for (let made = 0; made < MAX_ROOT_KEYS; made++) await keys.rotate();
    await expect(keys.rotate()).rejects.toMatchObject({ code: 'InvalidOperation' });
    await keys.remove(1);
    expect((await keys.rotate()).id).toBe(MAX_ROOT_KEYS + 1);
  });

  it('refuses a key file with a changed byte, and does not look at other files', async () => {
    const dir = folder();
    const keys = new DiskRootKeys(dir);
    await keys.newest();
    writeFileSync(path.join(dir, 'authority', 'root-01.key'), 'stray');
    expect(await keys.list()).toHaveLength(1);
    const file = path.join(dir, 'authority', 'root-1.key');
    const pem = readFileSync(file);
    for (let at = 0; at < pem.length; at += 8) {
      const changed = Buffer.from(pem);
      changed[at] = (changed[at] ?? 0) ^ 1;
      writeFileSync(file, changed);
      await expect(keys.list(), `byte ${at}`).rejects.toMatchObject({ code: 'KeyDamaged' });
    }
  });
});
