import path from 'node:path';
import { hash, isKernelError, noLogger, sealedRefOf } from '@tksm/abstractions';
import type { Hash, LogReader, StateReader, StoredValue } from '@tksm/abstractions';
import { examineSealed, readState, referencesIn } from '@tksm/core';
import type { Opening } from '@tksm/core';
import { openDiskSnapshots } from '@tksm/drivers-disk';
import { openSegmentsReader } from '@tksm/drivers-segments';
import { openingOf } from '../zone/revealed.ts';
import { eventsWith } from './events-with.ts';
import type { FileFault, FolderCheck } from './folder-check.ts';
import { isLoss, namesIn, strayFile } from './file-faults.ts';

const MARK = '"$sealed"';
/** Name of a subject's folder, and of a body in it. */
const SUBJECT = /^[0-9a-f]{64}$/;

/** Sealed values: each that the log names opens and is what was committed to, or its subject was erased (ADR 24). */
export const vaultCheck: FolderCheck = {
  entries: ['vault'],
  async *check({ dir }) {
    const told = new Set<string>();
    const log = await openSegmentsReader({ dir });
    try {
      const { state } = await readState({ log, store: openDiskSnapshots({ dir }), logger: noLogger });
      for await (const fault of lostValues(dir, log, state)) {
        told.add(fault.file);
        yield fault;
      }
      for await (const fault of changedFiles(dir, openingOf(dir, state))) {
        if (!told.has(fault.file)) yield fault;
      }
    } catch (error) {
      // The log's own damage is told of already.
      if (!isKernelError(error) || !isLoss(error)) throw error;
    } finally {
      await log.close();
    }
  },
};

/** Files that are not as they were written, those included that no event names. */
async function* changedFiles(dir: string, opening: Opening): AsyncGenerator<FileFault> {
  for (const name of await namesIn(path.join(dir, 'vault'))) {
    if (name === 'erasing') continue;
    if (name === 'secret') {
      const isWhole = await isReadable(() => opening.vault?.secret());
      if (!isWhole) yield changed('vault/secret');
    } else if (!SUBJECT.test(name)) yield strayFile(`vault/${name}`);
    else yield* changedOf(hash(name), dir, opening);
  }
}

async function* changedOf(subject: Hash, dir: string, opening: Opening): AsyncGenerator<FileFault> {
  for (const name of await namesIn(path.join(dir, 'vault', subject))) {
    const file = `vault/${subject}/${name}`;
    if (name === 'key') {
      if (!(await isReadable(() => opening.vault?.key(subject)))) yield changed(file);
    } else if (!SUBJECT.test(name)) yield strayFile(file);
    else if ((await examineSealed({ v: 1, subject, commitment: hash(name) }, opening)) === 'damaged') {
      yield changed(file);
    }
  }
}

function changed(file: string): FileFault {
  return { kind: 'damaged', file, why: 'it is not as it was written' };
}

async function isReadable(read: () => Promise<unknown> | undefined): Promise<boolean> {
  try {
    await read();
    return true;
  } catch (error) {
    if (isKernelError(error, 'VaultDamaged')) return false;
    throw error;
  }
}

async function* lostValues(dir: string, log: LogReader, state: StateReader): AsyncGenerator<FileFault> {
  const opening = openingOf(dir, state);
  for await (const { position, event } of eventsWith(log, MARK)) {
    for (const reference of referencesIn(event as unknown as StoredValue)) {
      const ref = sealedRefOf(reference);
      if (ref === undefined || (await examineSealed(ref, opening)) !== 'damaged') continue;
      const file = `vault/${ref.subject}/${ref.commitment}`;
      const why = 'a sealed value is missing, or not what was committed to';
      yield { kind: 'damaged', file, position, why };
    }
  }
}
