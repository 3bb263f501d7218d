import { isKernelError, KernelError } from '../errors/kernel-error.ts';
import { fromBase64, toBase64 } from './base64.ts';
import { checkSealed, checkSecretRef, markOf } from './sensitive.ts';
import type { SensitiveMark } from './sensitive.ts';
import { VALUE_LIMITS, VALUE_TAGS } from './value.ts';
import type { StoredValue, Value } from './value.ts';

/** Where marked values go: taken out into a list, or left where they are, marks and all, on their way to a kernel. */
type Marks = SensitiveMark[] | 'kept' | undefined;

const PLAIN = Object.freeze({ configurable: true, enumerable: true, writable: true });
const DOLLAR = 36;

/** Where a value stands: a key of what stands at `within`. Made into a JSON pointer only for whoever asks. */
interface Place {
  readonly within: Place | undefined;
  readonly key: string | number;
}

/**
 * Copies a value into its stored form and refuses what a log could not give back unchanged: NaN and infinities, lone
 * surrogates, `__proto__` keys, functions, symbols, class instances, holes in arrays, getters that throw, cycles, nesting
 * deeper than {@link VALUE_LIMITS}. Properties that are undefined are left out, as JSON does; a top-level undefined is null.
 *
 * Values that are marked as sensitive are taken out into `marks`, with null in their places; without `marks` they are
 * refused, so that none gets where nobody would seal it. `'kept'` leaves them as they are: for what is only passed on.
 *
 * @throws KernelError `InvalidValue` with `data.path` (a JSON pointer).
 */
export function toStored(value: unknown, marks?: SensitiveMark[] | 'kept'): StoredValue {
  if (value === undefined) return null;
  try {
    return store(value, undefined, 0, marks);
  } catch (error) {
    if (isKernelError(error)) throw error;
    throw new KernelError('InvalidValue', 'a getter or a proxy failed', { data: { path: '' }, cause: error });
  }
}

function store(value: unknown, at: Place | undefined, depth: number, marks: Marks): StoredValue {
  switch (typeof value) {
    case 'string':
      if (!value.isWellFormed()) throw invalid(at, 'a string has a lone surrogate');
      return value;
    case 'boolean':
      return value;
    case 'number':
      if (!Number.isFinite(value)) throw invalid(at, `${String(value)} is not a JSON number`);
      return Object.is(value, -0) ? 0 : value;
    case 'bigint':
      return { [VALUE_TAGS.bigint]: value.toString() };
    case 'object':
      return value === null ? null : storeObject(value, at, depth, marks);
    default:
      throw invalid(at, `a ${typeof value} cannot be stored`);
  }
}

function storeObject(value: object, at: Place | undefined, depth: number, marks: Marks): StoredValue {
  if (depth >= VALUE_LIMITS.maxDepth) throw invalid(at, 'nested too deeply, or a cycle');
  if (Array.isArray(value)) return storeArray(value, at, depth, marks);
  if (value instanceof Uint8Array) return { [VALUE_TAGS.bytes]: toBase64(value) };
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    throw invalid(at, 'only plain objects, arrays and bytes can be stored');
  }
  const stored: Record<string, StoredValue> = {};
  let isTagged = false;
  for (const key of Object.keys(value)) {
    const item = (value as Readonly<Record<string, unknown>>)[key];
    if (item === undefined) continue;
    if (key.charCodeAt(0) === DOLLAR) {
      if (key === VALUE_TAGS.sensitive) return takeOut(value, at, depth, marks);
      isTagged = true;
    }
    if (key === '__proto__') throw invalid(at, 'the key __proto__ is not allowed');
    if (!key.isWellFormed()) throw invalid(at, 'a key has a lone surrogate');
    stored[key] = storeItem(item, at, key, depth + 1, marks);
  }
  if (isTagged) checkTags(stored, at);
  return stored;
}

/** Most items are plain texts and numbers, which need no place. */
function storeItem(
  item: unknown,
  within: Place | undefined,
  key: string | number,
  depth: number,
  marks: Marks,
): StoredValue {
  if (typeof item === 'string' && item.isWellFormed()) return item;
  if (Number.isSafeInteger(item) && item !== 0) return item as number;
  return store(item, { within, key }, depth, marks);
}

/** Takes a marked value out. What is in it cannot be marked again: it is one value, of one subject. */
function takeOut(value: object, at: Place | undefined, depth: number, marks: Marks): StoredValue {
  const mark = markOf(value);
  if (mark === undefined) throw invalid(at, `${VALUE_TAGS.sensitive} is a reserved key`);
  if (marks === undefined) throw invalid(at, 'a sensitive value cannot be kept here');
  const { subject } = mark;
  const inner = store(mark.value, at, depth + 1, undefined);
  if (marks === 'kept') return { [VALUE_TAGS.sensitive]: { subject, value: inner } };
  marks.push({ path: pointerTo(at), subject, value: inner });
  return null;
}

function storeArray(
  array: readonly unknown[],
  at: Place | undefined,
  depth: number,
  marks: Marks,
): StoredValue {
  const stored: StoredValue[] = [];
  for (let index = 0; index < array.length; index++) {
    // A hole would be null after a replay, and an array of nothing but holes takes for ever to walk through.
    if (!(index in array)) throw invalid({ within: at, key: index }, 'an array has a hole');
    const item = array[index];
    stored.push(item === undefined ? null : storeItem(item, at, index, depth + 1, marks));
  }
  return stored;
}

function checkTags(stored: Readonly<Record<string, StoredValue>>, at: Place | undefined): void {
  const bigint = stored[VALUE_TAGS.bigint];
  const bytes = stored[VALUE_TAGS.bytes];
  const alone = Object.keys(stored).length === 1;
  if (bigint !== undefined && !(alone && typeof bigint === 'string' && /^(0|-?[1-9]\d*)$/.test(bigint))) {
    throw invalid(at, `${VALUE_TAGS.bigint} is a reserved key`);
  }
  if (bytes !== undefined && !(alone && typeof bytes === 'string' && fromBase64(bytes))) {
    throw invalid(at, `${VALUE_TAGS.bytes} is a reserved key`);
  }
  if (!checkSealed(stored)) throw invalid(at, `${VALUE_TAGS.sealed} is a reserved key`);
  if (!checkSecretRef(stored)) throw invalid(at, `${VALUE_TAGS.secret} is a reserved key`);
}

/** The value behind a stored form: tags become bigint and bytes again. The result shares nothing mutable with the input. */
export function fromStored(stored: StoredValue): Value {
  if (stored === null || typeof stored !== 'object') return stored;
  if (isStoredArray(stored)) return stored.map(fromStored);
  const bigint = stored[VALUE_TAGS.bigint];
  if (typeof bigint === 'string') return BigInt(bigint);
  const bytes = stored[VALUE_TAGS.bytes];
  if (typeof bytes === 'string') return fromBase64(bytes) ?? new Uint8Array();
  const value: Record<string, Value> = {};
  for (const [key, item] of Object.entries(stored)) {
    // Assigning to `__proto__` would change the prototype; a log of somebody else may hold such a key.
    if (key === '__proto__') Object.defineProperty(value, key, { ...PLAIN, value: fromStored(item) });
    else value[key] = fromStored(item);
  }
  return value;
}

function isStoredArray(value: StoredValue): value is readonly StoredValue[] {
  return Array.isArray(value);
}

function invalid(at: Place | undefined, what: string): KernelError {
  const path = pointerTo(at);
  return new KernelError('InvalidValue', `${what}${path === '' ? '' : ` at ${path}`}`, { data: { path } });
}

/** JSON pointer. Source: RFC 6901. */
function pointerTo(place: Place | undefined): string {
  if (place === undefined) return '';
  const key = String(place.key).replaceAll('~', '~0').replaceAll('/', '~1');
  return `${pointerTo(place.within)}/${key}`;
}
