import type { Clock, EventLog, Timers } from '@tksm/abstractions';
import { openSegmentsOn } from '@tksm/drivers-segments';
import type { FileLayer } from '@tksm/drivers-segments';
import type { SimDisk } from '../disk/sim-disk.ts';
import { MOUNT, simFiles } from '../disk/sim-files.ts';
import { openWithBug } from './planted-bug.ts';
import type { PlantedBug } from './bug-names.ts';

/** Few, so that a run has several segments. */
const SEGMENT_BYTES = 32 * 1024;

/** Opens the log of the shipped driver over a simulated disk. @throws as `openSegments`; DiskGone */
export async function openLog(
  disk: SimDisk,
  time: Clock & Timers,
  bug: PlantedBug | undefined,
): Promise<EventLog> {
  const options = { dir: MOUNT, clock: time, timers: time, maxSegmentBytes: SEGMENT_BYTES };
  const open = (files: FileLayer): Promise<EventLog> => openSegmentsOn(files, options);
  return bug === undefined ? open(simFiles(disk)) : openWithBug(bug, disk, simFiles(disk), open);
}
