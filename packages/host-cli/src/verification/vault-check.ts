import path from 'node:path';
import { isKernelError, noLogger, sealedRefOf } from '@tksm/abstractions';
import type { LogReader, Position, StateReader, StoredValue } from '@tksm/abstractions';
import { examineSealed, readEvents, readState, referencesIn } from '@tksm/core';
import { openDiskSnapshots } from '@tksm/drivers-disk';
import { openSegmentsReader } from '@tksm/drivers-segments';
import { openingOf } from '../zone/revealed.ts';
import type { FileFault, FolderCheck } from './folder-check.ts';
import { namesIn, strayFile } from './file-faults.ts';

const MARK = Buffer.from('"$sealed"');
const SUBJECT = /^[0-9a-f]{64}$/;
const BODY = /^(?:key|[0-9a-f]{64})$/;

/** Sealed values: each that the log names opens and is what was committed to, or its subject was erased (ADR 24). */
export const vaultCheck: FolderCheck = {
  entries: ['vault'],
  async *check({ dir }) {
    yield* straysIn(dir);
    const log = await openSegmentsReader({ dir });
    try {
      const { state } = await readState({ log, store: openDiskSnapshots({ dir }), logger: noLogger });
      yield* lostValues(dir, log, state);
    } catch (error) {
      // The log's own damage is told of already.
      if (!isKernelError(error) || error.category !== 'damaged') throw error;
    } finally {
      await log.close();
    }
  },
};

async function* straysIn(dir: string): AsyncGenerator<FileFault> {
  for (const name of await namesIn(path.join(dir, 'vault'))) {
    if (name === 'secret' || name === 'erasing') continue;
    if (!SUBJECT.test(name)) yield strayFile(`vault/${name}`);
    else {
      for (const inner of await namesIn(path.join(dir, 'vault', name)))
        if (!BODY.test(inner)) yield strayFile(`vault/${name}/${inner}`);
    }
  }
}

async function* lostValues(dir: string, log: LogReader, state: StateReader): AsyncGenerator<FileFault> {
  const opening = openingOf(dir, state);
  for await (const { from, to } of framesWithSealed(log)) {
    for await (const { position, event } of readEvents(log, from)) {
      if (position >= to) break;
      for (const reference of referencesIn(event as unknown as StoredValue)) {
        const ref = sealedRefOf(reference);
        if (ref === undefined || (await examineSealed(ref, opening)) !== 'damaged') continue;
        const file = `vault/${ref.subject}/${ref.commitment}`;
        yield {
          kind: 'damaged',
          file,
          position,
          why: 'a sealed value is missing, or not what was committed to',
        };
      }
    }
  }
}

/** Frames in which something is sealed, found without parsing the others; neighbours together. */
async function* framesWithSealed(
  log: LogReader,
): AsyncGenerator<{ readonly from: Position; readonly to: Position }> {
  let run: { from: Position; to: Position } | undefined;
  for await (const { position, count, payload } of log.read()) {
    if (!Buffer.from(payload.buffer, payload.byteOffset, payload.length).includes(MARK)) continue;
    if (run?.to === position) run.to = position + count;
    else {
      if (run !== undefined) yield run;
      run = { from: position, to: position + count };
    }
  }
  if (run !== undefined) yield run;
}
