import type { FileFault } from './folder-check.ts';

/** A fault as a person reads it. */
export function faultLine({ kind, file, offset, position, why }: FileFault): string {
  const byte = offset === undefined ? '' : `, byte ${offset}`;
  if (kind !== 'damaged') return `${file}${byte}: ${kind}: ${why}`;
  return position === undefined
    ? `damaged: ${file}${byte}: ${why}`
    : `damaged at position ${position} (${file}${byte}): ${why}`;
}
