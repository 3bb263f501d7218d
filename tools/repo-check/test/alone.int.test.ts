import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { checkAlone } from '../src/guards/alone.ts';
import { ownRoot } from '../src/repo.ts';
import { runCommand } from '../src/run-command.ts';

const repo = { root: ownRoot, toolRoot: ownRoot };
const manifest = {
  name: '@tksm/abstractions',
  version: '0.1.0',
  type: 'module',
  exports: { '.': { types: './index.d.ts', default: './index.js' } },
};
let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tksm-alone-test-'));
});

afterEach(() => rm(folder, { recursive: true }));

async function pack(declarations: string): Promise<string> {
  await mkdir(path.join(folder, 'package'));
  await writeFile(path.join(folder, 'package/package.json'), JSON.stringify(manifest));
  await writeFile(path.join(folder, 'package/index.d.ts'), declarations);
  await runCommand('tar', ['-czf', 'packed.tgz', 'package'], { cwd: folder });
  return path.join(folder, 'packed.tgz');
}

it('accepts contracts that need the language alone', async () => {
  const tarball = await pack('export declare function read(): Promise<Uint8Array>;\n');
  expect(await checkAlone(repo, tarball, manifest.name)).toBe('');
}, 60_000);

it.each([
  ['a Node type', 'export declare function read(): Buffer;\n', `Cannot find name 'Buffer'`],
  ['a package', `export type { Level } from 'pino';\n`, `Cannot find module 'pino'`],
])(
  'rejects contracts that need %s',
  async (_what, declarations, named) => {
    const tarball = await pack(declarations);
    expect(await checkAlone(repo, tarball, manifest.name)).toContain(named);
  },
  60_000,
);
