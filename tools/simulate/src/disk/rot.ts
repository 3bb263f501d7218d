import { seededRandom } from '@tksm/drivers-memory';
import type { FaultCounts } from '../run/fault-counts.ts';
import { storedFrames } from './log-image.ts';
import type { SimDisk } from './sim-disk.ts';

/** Of the bits that flip, so many are a frame's; the others are anywhere: in HEAD, in a header, in what is empty. */
const IN_FRAMES = 0.8;

/** Changes bytes at rest: one bit, or a whole frame that an earlier one of its length takes the place of. */
export function rot(
  disk: SimDisk,
  kind: 'bit-flip' | 'stale-frame',
  chance: number,
  counts: FaultCounts,
): void {
  const { next } = seededRandom(chance);
  const any = <T>(choices: readonly T[]): T | undefined => choices[Math.floor(next() * choices.length)];
  const frames = storedFrames(disk).map(({ file, at, stored }) => ({ file, at, bytes: stored }));
  if (kind === 'bit-flip') {
    const files = disk
      .names()
      .map((file) => ({ file, at: 0, bytes: disk.find(file)?.platter ?? Buffer.alloc(0) }));
    const place = any(next() < IN_FRAMES ? frames : files);
    if (place === undefined || place.bytes.length === 0) return;
    const offset = Math.floor(next() * place.bytes.length);
    const byte = (place.bytes[offset] ?? 0) ^ (1 << Math.floor(next() * 8));
    disk.rot(place.file, place.at + offset, Buffer.from([byte]));
  } else {
    const pairs = frames.flatMap((place, index) => {
      const twins = frames.slice(0, index).filter(({ bytes }) => bytes.length === place.bytes.length);
      return twins.map((twin) => ({ place, twin }));
    });
    const pair = any(pairs);
    if (pair === undefined) return;
    disk.rot(pair.place.file, pair.place.at, pair.twin.bytes);
  }
  counts.add(kind);
}
