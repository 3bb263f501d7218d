import { fromStored, KernelError, toStored, utf8Length } from '@tksm/abstractions';
import type { StoredValue, TaskContext, TaskKind, Value } from '@tksm/abstractions';
import { checkData, fillTemplate } from './fill-template.ts';
import { FOR_EACH_KIND, forEachInput } from './for-each-input.ts';
import type { ForEachInput } from './for-each-input.ts';
import { linesOf, pagesOf } from './item-pages.ts';

export interface ForEachOutput {
  readonly [key: string]: Value;
  /** Children submitted. */
  readonly count: number;
}

const TIMEOUT_MS = 86_400_000;
/** What a child costs in the log besides its input, at most. */
const CHILD_BYTES = 1_024;

/**
 * The kind `graph.for-each`: submits a child for each item and succeeds once all of them have.
 *
 * Children are submitted page by page, each page a durable step: an attempt after a crash goes on where the last one
 * stopped, and submits nothing twice. Holds one page.
 *
 * A job fails with `InvalidInput` for an item that does not fit, `UnsupportedOperation` for an unknown kind,
 * `ChildFailed`, and as the blob store does.
 */
export function forEachKind(): TaskKind<ForEachInput, ForEachOutput> {
  return Object.freeze({
    class: 'task' as const,
    name: FOR_EACH_KIND,
    summary: 'Submits a job for each item of a list',
    input: forEachInput,
    timeoutMs: TIMEOUT_MS,
    childPolicy: 'await' as const,
    run: submitEach,
  });
}

async function submitEach(input: ForEachInput, context: TaskContext): Promise<ForEachOutput> {
  const { items, template, bound = [], kind, name, options = {} } = input;
  for (const value of bound) checkData(value, 'an output put into the template');
  const perChild = CHILD_BYTES + utf8Length(JSON.stringify(toStored([template, bound, options])));
  const found = isList(items) ? items : linesOf(context.blobs.read(items.hash));
  let count = 0;
  for await (const page of pagesOf<Value>(found, (item) => perChild + bytesOf(item))) {
    context.signal.throwIfAborted();
    count = page.from + page.items.length;
    await context.step(`items ${page.from} to ${count - 1}`, () => {
      for (const [offset, item] of page.items.entries()) {
        const index = page.from + offset;
        const value = isList(items) ? item : itemOf(item, index);
        checkData(value, `item ${index}`);
        context.submit({
          ...options,
          kind,
          name: `${name}[${index}]`,
          input: fillTemplate(template, value, bound),
        });
      }
      return null;
    });
    context.progress({ done: count, ...(isList(items) && { total: items.length }) });
  }
  return { count };
}

function bytesOf(item: Value): number {
  return item instanceof Uint8Array ? item.length : utf8Length(JSON.stringify(toStored(item)));
}

/** The value of a line. Its stored form is looked at first: keys that a value cannot have would be lost. */
function itemOf(line: Value, index: number): Value {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(line as Uint8Array);
    const stored = JSON.parse(text) as StoredValue;
    checkData(stored, `item ${index}`);
    return fromStored(stored);
  } catch (cause) {
    if (cause instanceof KernelError) throw cause;
    throw new KernelError('InvalidInput', `item ${index} is no line of JSON`, {
      data: { item: index },
      cause,
    });
  }
}

function isList(items: ForEachInput['items']): items is readonly Value[] {
  return Array.isArray(items);
}
