import { seededRandom } from '@tksm/drivers-memory';
import { segmentName, segmentsOf, walkLog } from '../log/recover-sim-log.ts';
import { storedBytes } from '../log/stored-frame.ts';
import { FRAME_HEADER_BYTES } from '@tksm/abstractions';
import type { FaultCounts } from '../run/fault-counts.ts';
import type { SimDisk } from './sim-disk.ts';

/** Changes acknowledged bytes at rest: one bit, or a whole frame that an earlier one of its length takes the place of. */
export function rot(
  disk: SimDisk,
  kind: 'bit-flip' | 'stale-frame',
  chance: number,
  counts: FaultCounts,
): void {
  const { next } = seededRandom(chance);
  const places = placesOf(disk);
  if (kind === 'bit-flip') {
    const place = places[Math.floor(next() * places.length)];
    if (place === undefined) return;
    const at = place.at + Math.floor(next() * place.bytes.length);
    const byte = (place.bytes[at - place.at] ?? 0) ^ (1 << Math.floor(next() * 8));
    disk.rot(place.file, at, Buffer.from([byte]));
  } else {
    const pairs = places.flatMap((place, index) => {
      const twins = places.slice(0, index).filter(({ bytes }) => bytes.length === place.bytes.length);
      return twins.map((twin) => ({ place, twin }));
    });
    const pair = pairs[Math.floor(next() * pairs.length)];
    if (pair === undefined) return;
    disk.rot(pair.place.file, pair.place.at, pair.twin.bytes);
  }
  counts.add(kind);
}

interface Place {
  readonly file: string;
  readonly at: number;
  readonly bytes: Buffer;
}

/** Where the frames of the log stand. */
function placesOf(disk: SimDisk): Place[] {
  const { frames } = walkLog(disk);
  const segments = new Set(segmentsOf(disk));
  const places: Place[] = [];
  let [segment, at] = [0, 0];
  for (const { position, payload } of frames) {
    if (segments.has(position)) [segment, at] = [position, 0];
    const file = segmentName(segment);
    const length = storedBytes(FRAME_HEADER_BYTES + payload.length);
    const bytes = disk.platter(file)?.subarray(at, at + length) ?? Buffer.alloc(0);
    places.push({ file, at, bytes: Buffer.from(bytes) });
    at += length;
  }
  return places;
}
