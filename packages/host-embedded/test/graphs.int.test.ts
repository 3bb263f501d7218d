import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { listKind, manifestKind, sha256Kind } from '@tksm/extensions-files';
import { compileGraph, forEachKind, parseGraph } from '@tksm/extensions-graphs';
import { deferredSchema } from '@tksm/abstractions';
import { createKernel, defineKind } from '@tksm/host-embedded';
import type { Kernel } from '@tksm/host-embedded';

const GRAPH = `
name: sums
inputs: { root: { type: path }, manifest: { type: path } }
jobs:
  walk: { kind: files.list, input: { root: '\${inputs.root}' } }
  hash:
    kind: files.sha256
    forEach: '\${jobs.walk.output.files}'
    input: { root: '\${jobs.walk.output.root}', path: '\${item}' }
  manifest:
    kind: files.manifest
    dependsOn: [hash]
    input: { of: '\${jobs.hash.id}', root: '\${jobs.walk.output.root}', to: '\${inputs.manifest}' }
`;

async function run(kernel: Kernel, inputs: Record<string, string>) {
  const { run: id, commands } = compileGraph(parseGraph(GRAPH, 'g.yaml'), inputs, { folder: '/' });
  const receipts = await kernel.enqueueAll(commands, kernel.operator, { id });
  const outcomes = await Promise.all(receipts.map(({ job }) => kernel.outcome(job)));
  return { receipts, outcomes };
}

const kinds = [listKind(process.env), sha256Kind(), manifestKind(), forEachKind()];

describe('a graph', () => {
  it('runs in a kernel: lists, fans out, and gathers', async () => {
    const top = await mkdtemp(path.join(tmpdir(), 'tksm-graph-'));
    onTestFinished(() => rm(top, { recursive: true }));
    const root = await mkdtemp(path.join(top, 'tree-'));
    for (let n = 0; n < 700; n++) await writeFile(path.join(root, `f${n}`), `${n}`);
    const kernel = await createKernel({ kinds });
    onTestFinished(() => kernel.stop());
    const inputs = { root, manifest: path.join(top, 'manifest') };
    const first = await run(kernel, inputs);
    expect(first.outcomes.map((outcome) => outcome)).toEqual([
      { status: 'succeeded', output: expect.objectContaining({ count: 700 }) },
      { status: 'succeeded', output: { count: 700 } },
      { status: 'succeeded', output: expect.objectContaining({ lines: 700 }) },
    ]);
    expect((await readFile(inputs.manifest, 'utf8')).split('\n')).toHaveLength(701);
    const again = await run(kernel, inputs);
    expect(again.receipts.map(({ existing }) => existing)).toEqual([true, true, true]);
    expect(await kernel.read(({ jobs }) => jobs.counts().succeeded)).toBeGreaterThanOrEqual(703);
  });

  it('fails when the kind of its items refuses one, though its schema is loaded late', async () => {
    const { z } = await import('zod');
    const positive = defineKind({
      name: 'positive',
      input: deferredSchema('test', () => Promise.resolve(z.number().positive())),
      run: () => null,
    });
    const kernel = await createKernel({ kinds: [positive, forEachKind()] });
    onTestFinished(() => kernel.stop());
    const text = "name: g\njobs: { all: { kind: positive, forEach: [1, 2, -3], input: '${item}' } }";
    const { commands } = compileGraph(parseGraph(text, 'g.yaml'), {}, { folder: '/' });
    const [receipt] = await kernel.enqueueAll(commands, kernel.operator);
    expect(receipt && (await kernel.outcome(receipt.job))).toMatchObject({
      status: 'failed',
      error: { code: 'InvalidInput' },
    });
    expect(await kernel.read(({ jobs }) => [...jobs.list({ kind: 'positive' })])).toEqual([]);
  });
});
