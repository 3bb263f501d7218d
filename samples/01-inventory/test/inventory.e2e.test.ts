import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { crashRounds } from '../src/crash-rounds.ts';
import { seededChance } from '../src/seeded-chance.ts';
import { SAMPLE, tksm } from '../src/tksm.ts';

const PLAIN_FILES = 300;

async function folder(): Promise<string> {
  const made = await mkdtemp(path.join(tmpdir(), 'tksm-inventory-'));
  onTestFinished(() => rm(made, { recursive: true }));
  return made;
}

/** A tree with names that a line of text cannot hold as they are. */
async function oddTree(): Promise<string> {
  const root = await folder();
  await mkdir(path.join(root, 'deep/er'), { recursive: true });
  const below = (name: string): Buffer =>
    Buffer.concat([Buffer.from(`${root}/`), Buffer.from(name, 'latin1')]);
  const odd = [
    'new\nline',
    'back\\slash',
    'return\rhere',
    '\xff\xfe not utf-8',
    'deep/er/sp ace',
    '-dash',
    '*',
    'deep/\n\\',
  ];
  for (const name of odd) await writeFile(below(name), name);
  for (let n = 0; n < PLAIN_FILES; n++) await writeFile(path.join(root, 'deep', `f${n}`), 'x'.repeat(n * 7));
  return root;
}

describe('the inventory', () => {
  it('equals sha256sum of the tree through three kills at random moments, with no work lost or doubled', async () => {
    const root = await oddTree();
    const report = await crashRounds({ root, top: await folder(), kills: 3, random: seededChance(42) });
    expect(report.kills).toBe(3);
    expect(report.hashed).toBe(report.rounds * (PLAIN_FILES + 8));
  }, 60_000);

  it('does nothing when it is done, and everything anew when told', async () => {
    const top = await folder();
    const root = await folder();
    await writeFile(path.join(root, 'a'), 'a');
    const manifest = path.join(top, 'manifest');
    const args = [
      'run',
      SAMPLE,
      '--data',
      path.join(top, 'data'),
      '--json',
      '--input',
      `root=${root}`,
      '--input',
      `manifest=${manifest}`,
    ];
    const report = async (...more: string[]): Promise<unknown> =>
      JSON.parse((await tksm(...args, ...more)).stdout);
    expect(await report()).toMatchObject({ status: 'succeeded', wasDone: false, jobs: { total: 4 } });
    await rm(manifest);
    expect(await report()).toMatchObject({ status: 'succeeded', wasDone: true });
    await expect(readFile(manifest)).rejects.toThrow('ENOENT');
    expect(await report('--again')).toMatchObject({ status: 'succeeded', wasDone: false });
    expect(await readFile(manifest, 'utf8')).toMatch(/^[0-9a-f]{64} {2}a\n$/);
  }, 30_000);
});
