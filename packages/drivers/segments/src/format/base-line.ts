import { crc32c } from './crc32c.ts';

const LINE = /^tksm-base 1 (log|archive) ([0-9]{1,16}) ([0-9a-f]{64}) [0-9a-f]{8}\n$/;

/** What BASE says: that a log begins behind its first event on purpose. */
export interface LogBase {
  /** First event that is kept here. */
  readonly position: number;
  /** Hash of the frame before it, as hex. */
  readonly hash: string;
  /** Whether these are segments that left another folder: nothing is written behind them. */
  readonly isArchive: boolean;
}

/** Text of a BASE file. */
export function baseLine({ position, hash, isArchive }: LogBase): string {
  const text = `tksm-base 1 ${isArchive ? 'archive' : 'log'} ${position} ${hash}`;
  return `${text} ${crc32c(Buffer.from(text)).toString(16).padStart(8, '0')}\n`;
}

/** What a BASE file says; undefined when any of its bits was changed. */
export function parseBaseLine(text: string): LogBase | undefined {
  const [, kind, digits, hash = ''] = LINE.exec(text) ?? [];
  const base = { position: Number(digits), hash, isArchive: kind === 'archive' };
  return Number.isSafeInteger(base.position) && text === baseLine(base) ? base : undefined;
}
