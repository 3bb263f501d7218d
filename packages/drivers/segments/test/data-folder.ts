import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { openEventLog } from '../src/open-segments.ts';
import type { OpenSegmentsOptions } from '../src/open-segments.ts';
import type { SegmentsEventLog } from '../src/segments-log.ts';

/** A clock that a test of real threads may use: each look at it is a millisecond later. */
export function tickingClock(): { now(): number; monotonic(): number } {
  let ticks = 0;
  return { now: () => 1_700_000_000_000 + ticks, monotonic: () => ticks++ };
}

/** A folder that is gone after the test. */
export function temporaryFolder(): string {
  const dir = mkdtempSync(path.join(tmpdir(), 'tksm-segments-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** Opens a log that is closed after the test. */
export async function openLog(
  dir: string,
  options: Partial<OpenSegmentsOptions> = {},
): Promise<SegmentsEventLog> {
  const log = await openEventLog({ dir, clock: tickingClock(), ...options });
  onTestFinished(() => log.close());
  return log;
}

/**
 * Copies a folder as a crash would leave it. HEAD first: it never covers more than the segments that are copied after it,
 * also while a writer goes on.
 */
export function copyOf(dir: string): string {
  const copy = temporaryFolder();
  for (const name of ['log/HEAD', 'FORMAT', 'log']) {
    const [from, to] = [path.join(dir, name), path.join(copy, name)];
    if (existsSync(from)) cpSync(from, to, { recursive: true, force: false });
  }
  return copy;
}

/** Changes bytes of a file in place. */
export function rewrite(file: string, change: (bytes: Buffer) => Buffer | undefined): void {
  const bytes = readFileSync(file);
  writeFileSync(file, change(bytes) ?? bytes);
}

/** Files of the log's segments, in order. */
export function segmentFiles(dir: string): string[] {
  const log = path.join(dir, 'log');
  const names = readdirSync(log).filter((name) => name.endsWith('.seg'));
  return names.sort().map((name) => path.join(log, name));
}

/** Flips one bit of a file in place. */
export function flipBit(file: string, at: number, bit: number): void {
  rewrite(file, (bytes) => {
    bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
    return bytes;
  });
}

export interface StoredPlace {
  readonly file: string;
  /** Where the frame is stored, with its prefix. */
  readonly offset: number;
  readonly payloadAt: number;
  /** Length of prefix, header, payload and padding. */
  readonly length: number;
}

/** Finds frames by the layout as docs/adr/0002 writes it down, not by the code under test. */
export function storedPlaces(dir: string): (StoredPlace & { readonly position: number })[] {
  const places = [];
  for (const file of segmentFiles(dir)) {
    const bytes = readFileSync(file);
    let offset = 4096;
    while (offset + 8 <= bytes.length && bytes.readUInt32LE(offset + 4) > 0) {
      const length = Math.ceil((8 + bytes.readUInt32LE(offset + 4)) / 8) * 8;
      places.push({
        file,
        offset,
        length,
        payloadAt: offset + 72,
        position: Number(bytes.readBigUInt64LE(offset + 16)),
      });
      offset += length;
    }
  }
  return places;
}

export function placeOfFrame(dir: string, position: number): StoredPlace {
  const place = storedPlaces(dir).find((stored) => stored.position === position);
  if (place === undefined) throw new Error(`no frame at ${position}`);
  return place;
}
