// Reads frames in order over the ends of segments. A segment follows another only where that one's frames end and its
// header names the hash they end with; anything else is damage.

import type { Frame } from '@tksm/abstractions';
import type { DataFolder } from '../files/file-layer.ts';
import { LOG_FOLDER, segmentName } from '../format/layout.ts';
import { logDamaged } from './log-damage.ts';
import type { Place } from './place.ts';
import { segmentStart } from './place.ts';
import { SegmentCursor } from './segment-cursor.ts';
import type { Stop } from './segment-cursor.ts';
import { openSegment, readSegmentHeader } from './segment-files.ts';

export class LogWalk {
  readonly #folder: DataFolder;
  #cursor: SegmentCursor | undefined;
  #place: Place;

  constructor(folder: DataFolder, from: Place) {
    this.#folder = folder;
    this.#place = from;
  }

  /** After the last frame given. */
  get place(): Place {
    return this.#place;
  }

  /** What stands at `place`, when the last batch was empty and no later segment follows. */
  get stop(): Stop {
    return this.#cursor?.stop ?? { kind: 'nothing' };
  }

  /**
   * The next frames that begin before `until`; none at the end of the log.
   *
   * @throws KernelError `LogDamaged` where a later segment does not continue the log; `FormatTooNew`.
   */
  async nextBatch(until: number): Promise<Frame[]> {
    while (this.#place.head.position < until) {
      this.#cursor ??= this.#openAt(this.#place);
      if (this.#cursor === undefined) return [];
      const frames = await this.#cursor.nextBatch(until);
      this.#place = this.#cursor.place;
      if (frames.length > 0) return frames;
      if (!this.#enterNextSegment()) return [];
    }
    return [];
  }

  close(): void {
    this.#cursor?.close();
    this.#cursor = undefined;
  }

  #openAt(place: Place): SegmentCursor | undefined {
    const file = openSegment(this.#folder, place.segment);
    return file === undefined ? undefined : new SegmentCursor(this.#folder.files, file, place);
  }

  #enterNextSegment(): boolean {
    const { segment, head, offset } = this.#place;
    if (head.position === segment) return false;
    const file = openSegment(this.#folder, head.position);
    if (file === undefined) return false;
    try {
      if (this.stop.kind === 'bad') throw this.damage(this.stop.why);
      const { previousHash, previousFirst, previousBytes } = readSegmentHeader(file, head.position);
      if (previousHash !== head.hash || previousFirst !== segment || previousBytes !== offset) {
        throw this.damage('the next segment does not continue it');
      }
    } catch (error) {
      file.close();
      throw error;
    }
    this.close();
    const start = segmentStart(head.position, head.hash);
    this.#place = { ...start, head };
    this.#cursor = new SegmentCursor(this.#folder.files, file, this.#place);
    return true;
  }

  /** Damage at `place`, unless it begins earlier. */
  damage(why: string, position = this.#place.head.position): Error {
    const { segment, offset } = this.#place;
    return logDamaged({
      position,
      file: `${LOG_FOLDER}/${segmentName(segment)}`,
      offset,
      why,
    });
  }
}
