import type { StoredObject, StoredValue } from './value.ts';

/**
 * The one text of a stored value: keys sorted by UTF-16 code units, no white space, numbers and strings as ECMAScript
 * writes them.
 *
 * Source: RFC 8785 (JSON Canonicalization Scheme).
 */
export function canonicalJson(value: StoredValue): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const object = value as StoredObject;
  const members = Object.keys(object)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(object[key] ?? null)}`);
  return `{${members.join(',')}}`;
}

/** Bytes of a text in UTF-8. A text without lone surrogates is assumed. */
export function utf8Length(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit > 0x7f) bytes += unit > 0x7ff && (unit < 0xd800 || unit > 0xdfff) ? 2 : 1;
  }
  return bytes;
}

/** Bytes of a value's JSON text, without writing it out when it is plainly small. */
export function storedBytes(value: StoredValue, plainlySmall: number): number {
  const rough = roughBytes(value);
  return rough <= plainlySmall ? rough : utf8Length(JSON.stringify(value));
}

/** Longest text of a number, for example -0.0000012345678901234567. */
const MAX_NUMBER_BYTES = 25;

/** Never less than the bytes of the JSON text. */
function roughBytes(value: StoredValue): number {
  if (typeof value === 'string') return value.length * 6 + 2;
  if (value === null || typeof value !== 'object') return MAX_NUMBER_BYTES;
  let bytes = 2;
  if (Array.isArray(value)) {
    for (const item of value as readonly StoredValue[]) bytes += roughBytes(item) + 1;
    return bytes;
  }
  const object = value as StoredObject;
  for (const key in object) bytes += key.length * 6 + 4 + roughBytes(object[key] ?? null);
  return bytes;
}
