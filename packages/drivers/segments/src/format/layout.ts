/** Version of the folder, of segment headers and of HEAD. A higher one on disk is `FormatTooNew`. */
export const FORMAT_VERSION = 1;

/** Largest payload of one frame, in bytes of UTF-8. A frame's length must stay below 2^24: see {@link PREFIX_BYTES}. */
export const MAX_FRAME_BYTES = 8 * 1024 * 1024;

/**
 * Bytes before a frame on disk: its checksum, then its length. The last of them, the highest byte of the length, is zero: it
 * is the zero byte that the frame's hash begins with, so that what is stored is hashed in one pass.
 */
export const PREFIX_BYTES = 8;

/** Stored frames begin at a multiple of this; the bytes between are zero. */
export const ALIGNMENT = 8;

/** Bytes of a segment before its first frame; a page, so that no append touches the page of the header. */
export const SEGMENT_HEADER_BYTES = 4096;

/** A segment that would grow over this is closed and the next one begun. */
export const SEGMENT_BYTES = 64 * 1024 * 1024;

/** Zeros that a new segment begins with: little, because opening an empty folder waits for them. */
export const FIRST_CHUNK_BYTES = 256 * 1024;

/**
 * Zeros that the writer adds when it runs out of them. Writing over flushed zeros costs half of what growing the file with
 * each frame does, for frames of any size; measured in docs/adr/0002-frame-and-segment-format.md.
 */
export const CHUNK_BYTES = 4 * 1024 * 1024;

export const FORMAT_FILE = 'FORMAT';
export const LOG_FOLDER = 'log';
export const HEAD_FILE = 'HEAD';
/** Beside HEAD, in a log whose beginning was archived. */
export const BASE_FILE = 'BASE';
/** Where archived segments lie unless told otherwise; a folder like a data folder. */
export const ARCHIVE_FOLDER = 'archive';
export const LOCK_FILE = 'lock';
export const LOCK_NOTE_FILE = 'lock.json';

const SEGMENT_NAME = /^([0-9]{20})\.seg$/;

/** Name of the segment whose first event has this position. */
export function segmentName(firstPosition: number): string {
  return `${String(firstPosition).padStart(20, '0')}.seg`;
}

/** Position in a segment's name; undefined for any other name. */
export function segmentPosition(name: string): number | undefined {
  const digits = SEGMENT_NAME.exec(name)?.[1];
  const position = digits === undefined ? Number.NaN : Number(digits);
  return Number.isSafeInteger(position) ? position : undefined;
}

/** Bytes that a frame takes on disk. */
export function storedBytes(frameBytes: number): number {
  return Math.ceil((PREFIX_BYTES + frameBytes) / ALIGNMENT) * ALIGNMENT;
}
