import { isKernelError } from '@tksm/abstractions';
import type { Logger, LogReader, Position, SnapshotStore } from '@tksm/abstractions';
import { archiveNeeded, goesOnFrom } from '../log/goes-on.ts';
import { replay } from '../log/replay.ts';
import type { Replayed } from '../log/replay.ts';
import type { RetirementObserver } from '../retention/index-feed.ts';
import { digestOf } from '../state/digest.ts';
import { snapshotDamaged } from './chunks.ts';
import { readSnapshot } from './snapshot.ts';
import type { SnapshotHeader } from './snapshot.ts';

/** What a state is made of. */
export interface StateSource {
  readonly log: LogReader;
  readonly store?: SnapshotStore | undefined;
  readonly logger: Logger;
  /** Up to but not including this position; default: to the log's head. */
  readonly to?: Position | undefined;
}

interface LoadOptions extends StateSource {
  /** Told what retires; a snapshot from after a retirement that it wants is of no use. */
  readonly observer?: RetirementObserver | undefined;
  /** Also make the digest of a snapshot anew, from its entries. Default false. */
  readonly proves?: boolean;
}

export interface LoadedState extends Replayed {
  /** Position of the snapshot that it began with; 0 without one. */
  readonly from: Position;
  /** Snapshots that cannot be used. */
  readonly refused: readonly Position[];
}

/**
 * The state of a log: the newest good snapshot and what came after. A snapshot that is damaged, ahead of the log or not
 * of this log is passed over, and the logger hears of it; without a good one, everything is replayed.
 *
 * @throws KernelError `EventArchived` when that is not all there; `LogDamaged` with `data.position`, `FormatTooNew`
 */
export async function loadState(options: LoadOptions): Promise<LoadedState> {
  const { log, store, logger, to, observer } = options;
  const refused: Position[] = [];
  for (const position of await positionsIn(options)) {
    if (to !== undefined && position > to) continue;
    const begun = await readOne(options, position).catch((error: unknown) => {
      if (!isKernelError(error) || error.code === 'LogDamaged' || error.code === 'FormatTooNew') throw error;
      const { code, message } = error;
      logger.log('warn', 'a snapshot is passed over', { code, position, message });
    });
    if (begun === undefined) refused.push(position);
    else if (begun.state.retired.until <= (observer?.from ?? position)) {
      return { ...(await replay(log, { to, begun, observer })), from: position, refused };
    }
  }
  if (store !== undefined && refused.length > 0) logger.log('warn', 'the log is replayed from its beginning');
  return { ...(await replayAll(options)), from: 0, refused };
}

async function replayAll({ log, to, observer }: LoadOptions): Promise<Replayed> {
  try {
    return await replay(log, { to, observer });
  } catch (error) {
    if (!isKernelError(error, 'EventArchived')) throw error;
    throw archiveNeeded(
      error,
      'no snapshot from there on can be used, and without one all events are needed',
    );
  }
}

/** Where there are snapshots. Not to know is not to have any. */
async function positionsIn({ store, logger }: LoadOptions): Promise<readonly Position[]> {
  try {
    return (await store?.list()) ?? [];
  } catch (error) {
    if (!isKernelError(error)) throw error;
    logger.log('warn', 'the snapshots cannot be listed', { code: error.code, message: error.message });
    return [];
  }
}

async function readOne({ log, store, proves }: LoadOptions, position: Position): Promise<Replayed> {
  const bytes = store?.read(position) ?? noBytes();
  const { state, header } = await readSnapshot(bytes, {
    begins: async (said) => {
      if (said.head.position !== position) throw snapshotDamaged('it has the name of another');
      await checkOfLog(log, said);
    },
  });
  if (proves === true && digestOf(state) !== header.digest)
    throw snapshotDamaged('its entries do not have the digest that was recorded');
  return { state, head: header.head };
}

async function* noBytes(): AsyncGenerator<Uint8Array> {
  // Nothing to read from.
}

/** Whether the log goes on from where the snapshot was made. @throws KernelError `SnapshotDamaged` */
async function checkOfLog(log: LogReader, { head }: SnapshotHeader): Promise<void> {
  const end = await log.head();
  if (head.position > end.position) throw snapshotDamaged(`the log ends at ${end.position}, before it`);
  if (!(await goesOnFrom(log, head))) throw snapshotDamaged('it was made of another log');
}

/** Why a snapshot cannot be used; undefined when it is whole, of this log, and has the digest recorded with it. */
export async function snapshotFault(source: StateSource, position: Position): Promise<string | undefined> {
  try {
    await readOne({ ...source, proves: true }, position);
    return undefined;
  } catch (error) {
    if (!isKernelError(error)) throw error;
    return error.message;
  }
}
