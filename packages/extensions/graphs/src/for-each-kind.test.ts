import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Value } from '@tksm/abstractions';
import { codeOf, RecordedJob } from '../test/task-context.ts';
import { forEachKind } from './for-each-kind.ts';
import type { ForEachInput } from './for-each-input.ts';

const { run, input: schema } = forEachKind();
const forEach = (input: Partial<ForEachInput>): ForEachInput => ({
  items: [],
  kind: 'echo',
  name: 'n',
  template: { $item: [] },
  ...input,
});

async function blobOf(job: RecordedJob, lines: readonly string[]): Promise<ForEachInput['items']> {
  return await job.blobs.write([Buffer.from(lines.join('\n'))]);
}

describe('graph.for-each', () => {
  it('submits a named child with its options for each item', async () => {
    const job = new RecordedJob();
    const template = { v: { $item: ['a'] }, b: { $bound: 0 }, c: [1, null] };
    const input = forEach({
      items: [{ a: 1 }, { a: [2] }],
      template,
      bound: ['x'],
      options: { priority: 9 },
    });
    expect(await run(input, job.attempt())).toEqual({ count: 2 });
    expect(job.children).toEqual([
      { kind: 'echo', name: 'n[0]', priority: 9, input: { v: 1, b: 'x', c: [1, null] } },
      { kind: 'echo', name: 'n[1]', priority: 9, input: { v: [2], b: 'x', c: [1, null] } },
    ]);
  });

  it('reads items from a blob, bytes included, in steps of 500', async () => {
    const job = new RecordedJob();
    const lines = Array.from({ length: 1_203 }, (_, n) =>
      n === 7 ? '{"$bytes":"/w=="}' : JSON.stringify(`é${n}`),
    );
    const items = await blobOf(job, lines);
    expect(await run(forEach({ items }), job.attempt())).toEqual({ count: 1_203 });
    expect(job.children[7]?.input).toEqual(new Uint8Array([255]));
    expect(job.children.at(-1)).toMatchObject({ name: 'n[1202]', input: 'é1202' });
    expect(job.steps.map(({ name }) => name)).toEqual([
      'items 0 to 499',
      'items 500 to 999',
      'items 1000 to 1202',
    ]);
    expect(job.progress.map(({ done }) => done)).toEqual([500, 1_000, 1_203]);
  });

  it('submits every item once, wherever attempts crash', async () => {
    const crashes = fc.array(fc.nat({ max: 4 }), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: 2_400 }), crashes, async (count, crashesAt) => {
        const job = new RecordedJob();
        const items = await blobOf(
          job,
          Array.from({ length: count }, (_, n) => `${n}`),
        );
        for (const crashAt of crashesAt) {
          job.crashAt = crashAt;
          await Promise.resolve(run(forEach({ items }), job.attempt())).catch(() => undefined);
        }
        job.crashAt = undefined;
        expect(await run(forEach({ items }), job.attempt())).toEqual({ count });
        expect(job.children.map(({ input }) => input)).toEqual(Array.from({ length: count }, (_, n) => n));
      }),
      { numRuns: 25 },
    );
  });

  it('makes smaller steps of children with large inputs', async () => {
    const job = new RecordedJob();
    const items = Array.from({ length: 40 }, (_, n) => n);
    await run(forEach({ items, template: ['x'.repeat(60_000), { $item: [] }] }), job.attempt());
    expect(job.steps.map(({ name }) => name)).toEqual(['items 0 to 16', 'items 17 to 33', 'items 34 to 39']);
  });

  it('succeeds at once without items', async () => {
    expect(await run(forEach({}), new RecordedJob().attempt())).toEqual({ count: 0 });
  });

  it.each<[string, Partial<ForEachInput>]>([
    ['an item without the named part', { items: [{}], template: { $item: ['a'] } }],
    ['an item that lacks what every object inherits', { items: [{}], template: { $item: ['constructor'] } }],
    ['an item that refers to an output', { items: [{ $output: { job: '0', path: [] } }] }],
    ['an output that refers to another', { items: [1], template: { $bound: 0 }, bound: [{ $output: 1 }] }],
    ['a template with a place that is not bound', { items: [1], template: { $bound: 0 } }],
  ])('refuses %s', async (_what, input) => {
    const job = new RecordedJob();
    expect(await codeOf(Promise.resolve(run(forEach(input), job.attempt())))).toBe('InvalidInput');
    expect(job.children).toEqual([]);
  });

  it.each(['{', '{"__proto__":{}}', '"\xff"', ''])('refuses the line %j', async (line) => {
    const job = new RecordedJob();
    const items = await job.blobs.write([Buffer.from(`1\n${line}\n2`, 'latin1')]);
    expect(await codeOf(Promise.resolve(run(forEach({ items }), job.attempt())))).toBe('InvalidInput');
  });

  it('does not take data for a part of its template', async () => {
    const job = new RecordedJob();
    const items = [{ $item: ['x'], $bound: 0 }];
    await run(
      forEach({ items, template: [{ $item: [] }, { $bound: 0 }], bound: [{ $item: [] }] }),
      job.attempt(),
    );
    expect(job.children[0]?.input).toEqual([items[0], { $item: [] }]);
  });
});

describe('the input of graph.for-each', () => {
  const issues = async (input: unknown): Promise<number> =>
    (await schema?.['~standard'].validate(input))?.issues?.length ?? 0;

  it('is a list or a blob, a kind, a name and a template', async () => {
    expect(await issues(forEach({ items: [1, null] as readonly Value[] }))).toBe(0);
    expect(await issues(forEach({ items: { hash: 'a'.repeat(64), size: 1 } as ForEachInput['items'] }))).toBe(
      0,
    );
    expect(await issues({ ...forEach({}), items: { size: 1 } })).toBeGreaterThan(0);
    expect(await issues({ ...forEach({}), kind: '' })).toBeGreaterThan(0);
    expect(await issues({ ...forEach({}), more: 1 })).toBeGreaterThan(0);
  });
});
