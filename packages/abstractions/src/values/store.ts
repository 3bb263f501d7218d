import { isKernelError, KernelError } from '../errors/kernel-error.ts';
import { fromBase64, toBase64 } from './base64.ts';
import { checkSealed, checkSecretRef, markOf } from './sensitive.ts';
import type { SensitiveMark } from './sensitive.ts';
import { VALUE_LIMITS, VALUE_TAGS } from './value.ts';
import type { StoredValue, Value } from './value.ts';

/** Where marked values go: taken out into a list, or left where they are, marks and all, on their way to a kernel. */
type Marks = SensitiveMark[] | 'kept' | undefined;

const PLAIN = Object.freeze({ configurable: true, enumerable: true, writable: true });
const LONE_SURROGATE = /\p{Surrogate}/u;
const DOLLAR = 36;

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
    return store(value, '', 0, marks);
  } catch (error) {
    if (isKernelError(error)) throw error;
    throw new KernelError('InvalidValue', 'a getter or a proxy failed', { data: { path: '' }, cause: error });
  }
}

function store(value: unknown, path: string, depth: number, marks: Marks): StoredValue {
  switch (typeof value) {
    case 'string':
      if (LONE_SURROGATE.test(value)) throw invalid(path, 'a string has a lone surrogate');
      return value;
    case 'boolean':
      return value;
    case 'number':
      if (!Number.isFinite(value)) throw invalid(path, `${String(value)} is not a JSON number`);
      return Object.is(value, -0) ? 0 : value;
    case 'bigint':
      return { [VALUE_TAGS.bigint]: value.toString() };
    case 'object':
      return value === null ? null : storeObject(value, path, depth, marks);
    default:
      throw invalid(path, `a ${typeof value} cannot be stored`);
  }
}

function storeObject(value: object, path: string, depth: number, marks: Marks): StoredValue {
  if (depth >= VALUE_LIMITS.maxDepth) throw invalid(path, 'nested too deeply, or a cycle');
  if (Array.isArray(value)) {
    return storeArray(value, path, depth, marks);
  }
  if (value instanceof Uint8Array) return { [VALUE_TAGS.bytes]: toBase64(value) };
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    throw invalid(path, 'only plain objects, arrays and bytes can be stored');
  }
  const stored: Record<string, StoredValue> = {};
  let isTagged = false;
  for (const [key, item] of Object.entries(value)) {
    if (item === undefined) continue;
    if (key.charCodeAt(0) === DOLLAR) {
      if (key === VALUE_TAGS.sensitive) return takeOut(value, path, depth, marks);
      isTagged = true;
    }
    if (key === '__proto__') throw invalid(path, 'the key __proto__ is not allowed');
    if (LONE_SURROGATE.test(key)) throw invalid(path, 'a key has a lone surrogate');
    stored[key] = store(item, `${path}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`, depth + 1, marks);
  }
  if (isTagged) checkTags(stored, path);
  return stored;
}

/** Takes a marked value out. What is in it cannot be marked again: it is one value, of one subject. */
function takeOut(value: object, path: string, depth: number, marks: Marks): StoredValue {
  const mark = markOf(value);
  if (mark === undefined) throw invalid(path, `${VALUE_TAGS.sensitive} is a reserved key`);
  if (marks === undefined) throw invalid(path, 'a sensitive value cannot be kept here');
  const { subject } = mark;
  const inner = store(mark.value, path, depth + 1, undefined);
  if (marks === 'kept') return { [VALUE_TAGS.sensitive]: { subject, value: inner } };
  marks.push({ path, subject, value: inner });
  return null;
}

function storeArray(array: readonly unknown[], path: string, depth: number, marks: Marks): StoredValue {
  const stored: StoredValue[] = [];
  for (let index = 0; index < array.length; index++) {
    // A hole would be null after a replay, and an array of nothing but holes takes for ever to walk through.
    if (!(index in array)) throw invalid(`${path}/${index}`, 'an array has a hole');
    const item = array[index];
    stored.push(item === undefined ? null : store(item, `${path}/${index}`, depth + 1, marks));
  }
  return stored;
}

function checkTags(stored: Readonly<Record<string, StoredValue>>, path: string): void {
  const bigint = stored[VALUE_TAGS.bigint];
  const bytes = stored[VALUE_TAGS.bytes];
  const alone = Object.keys(stored).length === 1;
  if (bigint !== undefined && !(alone && typeof bigint === 'string' && /^(0|-?[1-9]\d*)$/.test(bigint))) {
    throw invalid(path, `${VALUE_TAGS.bigint} is a reserved key`);
  }
  if (bytes !== undefined && !(alone && typeof bytes === 'string' && fromBase64(bytes))) {
    throw invalid(path, `${VALUE_TAGS.bytes} is a reserved key`);
  }
  if (!checkSealed(stored)) throw invalid(path, `${VALUE_TAGS.sealed} is a reserved key`);
  if (!checkSecretRef(stored)) throw invalid(path, `${VALUE_TAGS.secret} is a reserved key`);
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

function invalid(path: string, what: string): KernelError {
  return new KernelError('InvalidValue', `${what}${path === '' ? '' : ` at ${path}`}`, { data: { path } });
}
