/** JSON as it is stored: I-JSON (RFC 7493), with bigint and bytes as tagged objects. */
export type StoredValue = null | boolean | number | string | readonly StoredValue[] | StoredObject;
export interface StoredObject {
  readonly [key: string]: StoredValue;
}

/** What users pass in and get back: JSON, and bigint and bytes as themselves. */
export type Value = null | boolean | number | string | bigint | Uint8Array | readonly Value[] | ValueObject;
export interface ValueObject {
  readonly [key: string]: Value;
}

/**
 * Tags of the stored form: an object with one of these keys stands for something else.
 *
 * - `{ "$bigint": "12" }` and `{ "$bytes": "<base64>" }` are the values that JSON lacks.
 * - `{ "$output": { "job": ID, "path": [KEY…] } }` in a job's input is that job's output, put in when an attempt starts.
 * - `{ "$job": NAME }` in a batch is the id of the batch's job of that name; `$output` takes a name there, too.
 * - `{ "$sensitive": { "subject": NAME, "value": V } }` marks a value as somebody's; it is sealed before anything is logged.
 * - `{ "$sealed": { "v": 1, "subject": HASH, "commitment": HASH } }` is such a value in the log.
 * - `{ "$secretRef": NAME }` is a secret by name, put in when an attempt starts.
 */
export const VALUE_TAGS = Object.freeze({
  bigint: '$bigint',
  bytes: '$bytes',
  output: '$output',
  job: '$job',
  sensitive: '$sensitive',
  sealed: '$sealed',
  secret: '$secretRef',
});

/** Bounds of a value: nesting, and bytes of its JSON text. */
export const VALUE_LIMITS = Object.freeze({ maxDepth: 64, maxInlineBytes: 65_536 });
