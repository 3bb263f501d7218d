import { chmodSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { pathValue } from '../src/path-value.ts';
import type { PathValue } from '../src/path-value.ts';
import { sha256Kind } from '../src/sha256-kind.ts';
import type { Sha256Output } from '../src/sha256-kind.ts';
import { taskContext } from './task-context.ts';
import { addSpecialFiles, AWKWARD_NAMES, codeOf, makeTree, removeTree, shell, unprivileged } from './tree.ts';

const kind = sha256Kind();
let root: string;
beforeEach(() => {
  root = makeTree();
});
afterEach(() => removeTree(root));

async function run(path: PathValue): Promise<Sha256Output> {
  return kind.run({ root, path }, taskContext());
}

describe('files.sha256', () => {
  it.each([0, 1, 65_535, 65_536, 65_537, 327_680, 327_681, 5_000_000])(
    'agrees with sha256sum on a file of %i bytes',
    async (size) => {
      const bytes = Buffer.alloc(size, 'TKSM');
      writeFileSync(join(root, 'file'), bytes);
      const expected = shell('sha256sum file', root).toString().slice(0, 64);
      expect(await run('file')).toEqual({ path: 'file', sha256: expected, size });
    },
  );

  it('reads files whose names are awkward or no UTF-8', async () => {
    for (const name of AWKWARD_NAMES) {
      const path = pathValue(name);
      expect(await run(path)).toMatchObject({ path, size: name.length });
    }
  });

  it('does many at once without mixing them up, and closes them all', async () => {
    const open = readdirSync('/proc/self/fd').length;
    const before = await Promise.all(AWKWARD_NAMES.map(run));
    const many = Array.from({ length: 20 }, () => AWKWARD_NAMES).flat();
    const results = await Promise.all(many.map(run));
    results.forEach(({ sha256 }, index) => expect(sha256).toBe(before[index % before.length]?.sha256));
    expect(readdirSync('/proc/self/fd').length).toBe(open);
  });

  it.each([
    ['nowhere', 'FileNotFound'],
    ['a.txt/below', 'FileNotFound'],
    ['a', 'FileUnreadable'],
    ['pipe', 'FileUnreadable'],
    ['dangling', 'FileNotFound'],
  ])('fails for %s with %s', async (path, code) => {
    addSpecialFiles(root);
    expect(await codeOf(run(path))).toBe(code);
  });

  it('fails for a file it may not read', async () => {
    chmodSync(root, 0o755);
    chmodSync(join(root, 'a.txt'), 0o000);
    expect(await unprivileged(() => codeOf(run('a.txt')))).toBe('FileUnreadable');
  });

  it('stops in the middle of a large file on abort, and closes it', async () => {
    writeFileSync(join(root, 'large'), Buffer.alloc(2_000_000));
    const open = readdirSync('/proc/self/fd').length;
    const controller = new AbortController();
    let reads = 0;
    const onProgress = (): void => {
      reads += 1;
      controller.abort(new Error('enough'));
    };
    const context = taskContext({ signal: controller.signal, onProgress });
    await expect(kind.run({ root, path: 'large' }, context)).rejects.toThrow('enough');
    expect(reads).toBe(1);
    expect(readdirSync('/proc/self/fd').length).toBe(open);
  });
});
