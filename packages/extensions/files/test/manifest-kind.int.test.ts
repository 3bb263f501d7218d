import { createHash } from 'node:crypto';
import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JobView } from '@tksm/abstractions';
import { manifestKind } from '../src/manifest-kind.ts';
import type { ManifestOutput } from '../src/manifest-kind.ts';
import { pathValue } from '../src/path-value.ts';
import type { PathValue } from '../src/path-value.ts';
import { sha256Kind } from '../src/sha256-kind.ts';
import { child, JOB, memoryBlobs, taskContext } from './task-context.ts';
import { AWKWARD_NAMES, codeOf, makeTree, removeTree, shell, unprivileged } from './tree.ts';

const kind = manifestKind();
let root: string;
let out: string;
beforeEach(() => {
  root = makeTree();
  out = makeTree([]);
});
afterEach(() => {
  removeTree(root);
  removeTree(out);
});

async function hashed(name: Buffer): Promise<JobView> {
  const input = { root, path: pathValue(name) };
  return child('files.sha256', input, { ...(await sha256Kind().run(input, taskContext())) });
}

async function write(to: PathValue | null, children: readonly JobView[]): Promise<ManifestOutput> {
  return kind.run({ of: JOB, root, to }, taskContext({ children }));
}

describe('files.manifest', () => {
  it('writes what sha256sum writes, byte for byte, and sha256sum accepts it', async () => {
    const children = await Promise.all(AWKWARD_NAMES.toReversed().map(hashed));
    const to = join(out, 'SHA256SUMS');
    const output = await write(to, [child('other', null, null), ...children]);
    const script = "find . -type f -printf '%P\\0' | LC_ALL=C sort -z | xargs -0 sha256sum --";
    const expected = shell(script, root);
    expect(readFileSync(to).equals(expected)).toBe(true);
    const sha256 = createHash('sha256').update(expected).digest('hex');
    expect(output).toEqual({ path: to, lines: AWKWARD_NAMES.length, sha256 });
    shell(`sha256sum --check --strict --quiet '${to}'`, root);
    expect(readdirSync(out)).toEqual(['SHA256SUMS']);
  });

  it('replaces an older manifest, also under a name that is no UTF-8', async () => {
    const to = Buffer.concat([Buffer.from(`${out}/`), Buffer.from([0xff])]);
    writeFileSync(to, 'old');
    await write(to, [await hashed(Buffer.from('a0'))]);
    expect(readFileSync(to, 'utf8')).toMatch(/^[0-9a-f]{64} {2}a0\n$/);
  });

  it('writes an empty manifest for no children', async () => {
    expect(await write(join(out, 'empty'), [])).toMatchObject({ lines: 0 });
    expect(readFileSync(join(out, 'empty'), 'utf8')).toBe('');
  });

  it('stores a blob when it is told no file', async () => {
    const blobs = memoryBlobs();
    const context = taskContext({ children: [await hashed(Buffer.from('a0'))], blobs });
    const output = await kind.run({ of: JOB, root, to: null }, context);
    expect(output).toMatchObject({ path: null, lines: 1, blob: { hash: output.sha256 } });
    expect(blobs.text(output['blob'])).toMatch(/ {2}a0\n$/);
  });

  it('refuses to leave out a file whose job failed', async () => {
    const failed = child('files.sha256', { root, path: 'a0' });
    expect(await codeOf(write(join(out, 'm'), [failed]))).toBe('ChildFailed');
    expect(existsSync(join(out, 'm'))).toBe(false);
  });

  it('refuses a file of another root', async () => {
    const other = child(
      'files.sha256',
      { root: '/else', path: 'a' },
      { path: 'a', sha256: '0'.repeat(64), size: 1 },
    );
    expect(await codeOf(write(join(out, 'm'), [other]))).toBe('InvalidInput');
  });

  it('leaves nothing behind when it is aborted', async () => {
    const controller = new AbortController();
    const path = 'x'.repeat(200);
    const line = child('files.sha256', { root, path }, { path, sha256: '0'.repeat(64), size: 1 });
    const children = Array.from({ length: 1_000 }, () => line);
    let seen = 0;
    const onProgress = (): void => {
      if (++seen === children.length) controller.abort(new Error('enough'));
    };
    const context = taskContext({ children, signal: controller.signal, onProgress });
    await expect(kind.run({ of: JOB, root, to: join(out, 'm') }, context)).rejects.toThrow('enough');
    expect(readdirSync(out)).toEqual([]);
  });

  it('fails where it cannot write', async () => {
    const children = [await hashed(Buffer.from('a0'))];
    expect(await codeOf(write(join(out, 'nowhere', 'm'), children))).toBe('FileNotFound');
    chmodSync(out, 0o555);
    expect(await unprivileged(() => codeOf(write(join(out, 'm'), children)))).toBe('FileUnreadable');
  });
});
