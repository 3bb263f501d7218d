import type { BlobRef, KernelEvent, LogReader, RecordedEvent, StoredValue } from '@tksm/abstractions';
import { hash, isKernelError } from '@tksm/abstractions';
import { openDiskBlobs } from '@tksm/drivers-disk';
import { openSegmentsReader } from '@tksm/drivers-segments';
import { eventsWith } from './events-with.ts';
import { isLoss } from './file-faults.ts';
import type { FileFault } from './folder-check.ts';

/** Missing blobs that are told of; more say nothing new. */
const MOST_TOLD = 1_000;
const HASH = /^[0-9a-f]{64}$/;

/**
 * Blobs that are missing though an output names them: `{ hash, size }`, and nothing else, somewhere in what a handler or one of its
 * steps gave back, or in what an agent observed. It was flushed before that was recorded, so it was there. What an input names may never have been.
 */
export async function* missingBlobs(dir: string): AsyncGenerator<FileFault> {
  const log = await openSegmentsReader({ dir });
  const blobs = openDiskBlobs({ dir });
  const told = new Set<string>();
  try {
    for await (const { ref, position } of namedBlobs(log)) {
      const file = `blobs/${ref.hash.slice(0, 2)}/${ref.hash.slice(2)}`;
      if (told.has(file) || (await blobs.stat(ref.hash)) !== undefined) continue;
      told.add(file);
      yield { kind: 'damaged', file, position, why: 'it is missing, and an output names it' };
      if (told.size === MOST_TOLD) return;
    }
  } catch (error) {
    // The log's own damage is told of already.
    if (!isKernelError(error) || !isLoss(error)) throw error;
  } finally {
    await blobs.close();
    await log.close();
  }
}

async function* namedBlobs(
  log: LogReader,
): AsyncGenerator<Pick<RecordedEvent, 'position'> & { readonly ref: BlobRef }> {
  for await (const { position, event } of eventsWith(log, '"hash":"')) {
    for (const ref of refsIn(outputOf(event))) yield { position, ref };
  }
}

function outputOf(event: KernelEvent): StoredValue {
  switch (event.type) {
    case 'job.stepped':
    case 'job.returned':
    case 'job.succeeded':
      return event.output;
    case 'agent.observed':
      return event.data;
    default:
      return null;
  }
}

function* refsIn(value: StoredValue): Generator<BlobRef> {
  if (value === null || typeof value !== 'object') return;
  const items = Object.entries(value) as [string, StoredValue][];
  const { hash: name, size } = Object.fromEntries(items);
  if (items.length === 2 && typeof name === 'string' && HASH.test(name) && Number.isSafeInteger(size)) {
    yield { hash: hash(name), size: Number(size) };
  } else for (const [, item] of items) yield* refsIn(item);
}
