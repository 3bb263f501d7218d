import { jobId } from '@tksm/abstractions';
import type { IndexRow } from '@tksm/abstractions';

/** Bytes of an id. */
export const ID_BYTES = 16;
/** Before each row: length of its body, and whether there is a parent. */
const HEAD_BYTES = 5;

/** Rows as one piece of memory, which another thread is handed without a copy of each. */
export type PackedRows = Uint8Array<ArrayBuffer>;

/** A row where it lies in a pack. */
export interface RowBytes {
  readonly id: Uint8Array;
  readonly parent: Uint8Array | null;
  /** UTF-8. */
  readonly body: Uint8Array;
}

export function packRows(rows: readonly IndexRow[]): PackedRows {
  let most = 0;
  // A UTF-16 unit has at most three bytes.
  for (const { body } of rows) most += HEAD_BYTES + 2 * ID_BYTES + 3 * body.length;
  const pack = Buffer.allocUnsafeSlow(most);
  let at = 0;
  for (const { id, parent, body } of rows) {
    const head = at;
    at = pack.writeUInt8(parent === undefined ? 0 : 1, head + 4);
    at += pack.write(id, at, ID_BYTES, 'hex');
    if (parent !== undefined) at += pack.write(parent, at, ID_BYTES, 'hex');
    const length = pack.write(body, at);
    pack.writeUInt32LE(length, head);
    at += length;
  }
  return pack.subarray(0, at);
}

export function* unpackRows(pack: PackedRows): Generator<RowBytes> {
  const view = new DataView(pack.buffer, pack.byteOffset, pack.byteLength);
  for (let at = 0; at < pack.length;) {
    const length = view.getUint32(at, true);
    const hasParent = view.getUint8(at + 4) === 1;
    at += HEAD_BYTES;
    const id = pack.subarray(at, (at += ID_BYTES));
    const parent = hasParent ? pack.subarray(at, (at += ID_BYTES)) : null;
    yield { id, parent, body: pack.subarray(at, (at += length)) };
  }
}

export function idOf(bytes: Uint8Array): IndexRow['id'] {
  return jobId(Buffer.from(bytes).toString('hex'));
}
