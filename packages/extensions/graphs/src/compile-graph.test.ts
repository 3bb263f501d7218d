import { mkdtempSync, realpathSync, symlinkSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { compileGraph } from './compile-graph.ts';
import { parseGraph } from './parse-graph.ts';

const inventory = `
name: inventory
summary: Hashes
inputs:
  root: { type: path, optional: true }
  manifest: { type: path, default: manifest.sha256 }
  rounds: { type: number, default: 2 }
jobs:
  walk:
    kind: files.list
    input: { root: '\${inputs.root}', otherwise: { root: !path .., select: tracked } }
  hash:
    kind: files.sha256
    forEach: '\${jobs.walk.output.files}'
    input: { root: '\${jobs.walk.output.root}', path: '\${item}', tag: 'r\${inputs.rounds}', raw: '$\${x}' }
    priority: 7
    retry: { maxAttempts: 2 }
  manifest: { kind: files.manifest, input: { of: '\${jobs.hash.id}', to: '\${inputs.manifest}' } }
`;

describe('compileGraph', () => {
  let top: string;
  let folder: string;
  let cwd: string;
  beforeAll(() => {
    top = realpathSync(mkdtempSync(join(tmpdir(), 'tksm-graphs-')));
    folder = join(top, 'graph');
    cwd = join(top, 'cwd');
    mkdirSync(folder);
    mkdirSync(cwd);
    mkdirSync(join(cwd, 'tree'));
    symlinkSync('tree', join(cwd, 'link'));
  });
  const compile = (inputs: Record<string, string> = {}, text = inventory) =>
    compileGraph(parseGraph(text, 'g.yaml'), inputs, { folder, cwd });

  it('compiles to commands whose inputs refer to each other', () => {
    const { name, commands, kinds, inputs } = compile();
    const manifest = join(folder, 'manifest.sha256');
    expect({ name, inputs }).toEqual({ name: 'inventory', inputs: { root: null, manifest, rounds: 2 } });
    expect(kinds).toEqual(['files.list', 'files.sha256', 'graph.for-each', 'files.manifest']);
    expect(commands).toEqual([
      {
        kind: 'files.list',
        name: 'walk',
        input: { root: null, otherwise: { root: top, select: 'tracked' } },
      },
      {
        kind: 'graph.for-each',
        name: 'hash',
        priority: 7,
        dependsOn: [{ name: 'walk' }],
        input: {
          items: { $output: { job: 'walk', path: ['files'] } },
          kind: 'files.sha256',
          name: 'hash',
          template: { root: { $bound: 0 }, path: { $item: [] }, tag: 'r2', raw: '${x}' },
          bound: [{ $output: { job: 'walk', path: ['root'] } }],
          options: { priority: 7, retry: { maxAttempts: 2 } },
        },
      },
      {
        kind: 'files.manifest',
        name: 'manifest',
        dependsOn: [{ name: 'hash' }],
        input: { of: { $job: 'hash' }, to: manifest },
      },
    ]);
  });

  it('takes paths of the user from where the user is', () => {
    expect(compile({ root: 'tree' }).inputs['root']).toBe(join(cwd, 'tree'));
    expect(compile({ manifest: 'new/m' }).inputs['manifest']).toBe(join(cwd, 'new', 'm'));
  });

  it('names a run after its work, not after how it is spelt', () => {
    const { run } = compile({ root: 'tree' });
    expect(run).toMatch(/^run:[0-9a-f]{32}$/);
    expect(compile({ root: join(cwd, 'link') }).run).toBe(run);
    expect(compile({ root: 'tree' }, inventory.replace('summary: Hashes', '# other')).run).toBe(run);
    expect(compile().run).not.toBe(run);
    expect(compile({ root: 'tree' }, inventory.replace('priority: 7', 'priority: 8')).run).not.toBe(run);
  });

  it('refuses inputs that are unknown, missing, or of another type', () => {
    expect(() => compile({ rot: 'x' })).toThrow('did you mean root?');
    expect(() => compile({ rounds: 'two' })).toThrow('rounds is no number');
    const needy = 'name: g\ninputs:\n  who: {}\njobs: { a: { kind: x } }';
    expect(() => compile({}, needy)).toThrow(
      expect.objectContaining({ code: 'InvalidInput', data: { file: 'g.yaml', line: 3, input: 'who' } }),
    );
  });

  it('refuses an absent input inside a longer text', () => {
    const text =
      "name: g\ninputs: { who: { optional: true } }\njobs: { a: { kind: x, input: 'for ${inputs.who}' } }";
    expect(() => compile({}, text)).toThrow('${inputs.who} is part of a text, and was not given');
    expect(compile({ who: 'Ada' }, text).commands[0]?.input).toBe('for Ada');
  });

  it('does not take a property of every object for an input', () => {
    const text =
      "name: g\ninputs: { constructor: { optional: true } }\njobs: { a: { kind: x, input: '${inputs.constructor}' } }";
    expect(compile({}, text).commands[0]?.input).toBeNull();
  });
});
