import { describe, expect, it } from 'vitest';
import { expectedReferences } from './references.ts';
import { expectedName } from './manifest-rules.ts';
import { workspaceImports } from './import-rules.ts';

describe('expectedReferences', () => {
  const abstractions = { folder: 'packages/abstractions', manifest: { name: '@tksm/abstractions' } };
  const core = {
    folder: 'packages/core',
    manifest: { name: '@tksm/core', dependencies: { '@tksm/abstractions': 'workspace:*', zod: 'catalog:' } },
  };
  const memory = {
    folder: 'packages/drivers/memory',
    manifest: {
      name: '@tksm/drivers-memory',
      dependencies: { '@tksm/abstractions': 'workspace:*' },
      devDependencies: { '@tksm/core': 'workspace:*' },
    },
  };
  const all = [abstractions, core, memory];

  it('follows workspace dependencies by relative folder', () => {
    expect(expectedReferences(core, all)).toEqual(['../abstractions']);
  });

  it('leaves out what only tests use', () => {
    expect(expectedReferences(memory, all)).toEqual(['../../abstractions']);
  });
});

describe('expectedName', () => {
  it.each([
    ['packages/core', '@tksm/core'],
    ['packages/host-cli', '@tksm/host-cli'],
    ['packages/drivers/sqlite', '@tksm/drivers-sqlite'],
    ['packages/extensions/vfs', '@tksm/extensions-vfs'],
    ['tools/bench', '@tksm/tool-bench'],
    ['samples/01-inventory', '@tksm/sample-01-inventory'],
  ])('names %s', (folder, name) => {
    expect(expectedName(folder)).toBe(name);
  });
});

describe('workspaceImports', () => {
  it('finds static, type and dynamic imports, with and without a subpath', () => {
    const text = `import { a } from '@tksm/one';
import type { B } from '@tksm/two/composition';
const c = await import('@tksm/three');
import { d } from './local.ts';
const template = "import { e } from '@tksm/four'";`;
    expect(workspaceImports(text)).toEqual(['@tksm/one', '@tksm/two', '@tksm/three']);
  });
});
