import { KernelError } from '@tksm/abstractions';
import { crc32c } from './crc32c.ts';
import { FORMAT_VERSION } from './layout.ts';

const LINE = /^tksm-segments ([0-9]{1,9}) ([0-9a-f]{8})\n$/;

function lineOf(version: number): string {
  const text = `tksm-segments ${version}`;
  return `${text} ${crc32c(Buffer.from(text)).toString(16).padStart(8, '0')}\n`;
}

/** Text of the FORMAT file that this release writes. */
export const FORMAT_TEXT = lineOf(FORMAT_VERSION);

/**
 * Whether a FORMAT file says that this release can go on with the folder. False when the file is damaged: it can be
 * written anew, because each segment states its format too.
 *
 * @throws KernelError `FormatTooNew`
 */
export function isKnownFormat(text: string): boolean {
  const version = Number(LINE.exec(text)?.[1]);
  if (!Number.isInteger(version) || text !== lineOf(version)) return false;
  if (version > FORMAT_VERSION) throw formatTooNew(version);
  return version === FORMAT_VERSION;
}

export function formatTooNew(version: number): KernelError {
  return new KernelError(
    'FormatTooNew',
    `the folder has format ${version}; this release knows ${FORMAT_VERSION}`,
    {
      data: { version, known: FORMAT_VERSION },
    },
  );
}
