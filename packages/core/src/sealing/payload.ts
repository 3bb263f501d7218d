// Guarantees: what has parts is never given out as a stored value except by `clear`, whose name says so; whoever records
// a payload seals it first.

import { KernelError, sealedRefOf, storedBytes, toStored, VALUE_LIMITS } from '@tksm/abstractions';
import type { SensitiveMark, SensitivePart, StoredValue } from '@tksm/abstractions';
import { checkGiven } from './giver.ts';
import type { Giver } from './giver.ts';
import type { Owner, Part } from './part.ts';
import { keysOf, placesOf, pointerOf, valueAt, withValuesAt } from './places.ts';
import type { Place } from './places.ts';
import { hasReferences, isReference } from './tagged.ts';

/** A value on its way into the log. Without parts it is what is logged. */
export interface Payload {
  readonly clear: StoredValue;
  readonly parts: readonly Part[];
}

/** What is known where a value comes from. */
interface PayloadContext {
  readonly giver: Giver;
  /** Input of the job that it is the output of. */
  readonly input?: StoredValue;
}

const NONE: readonly Part[] = [];
/** Longest name of a subject. */
const MAX_SUBJECT = 256;

/**
 * Takes a value in, and finds what of it is somebody's: what its giver marked, what its kind declares, and what repeats
 * something that its giver was shown.
 *
 * @throws KernelError `InvalidValue`, `PayloadTooLarge`; `InvalidInput` where a sensitive part has no subject, or two;
 * `CapabilityDenied` for a sealed value that its giver was not shown
 */
export function takePayload(
  value: unknown,
  what: string,
  declared: readonly SensitivePart[] | undefined,
  { giver, input = null }: PayloadContext,
): Payload {
  const marks: SensitiveMark[] = [];
  const stored = toStored(value, marks);
  checkGiven(stored, giver);
  if (marks.length === 0 && declared === undefined && giver.shown === undefined) {
    checkBytes(stored, what);
    return { clear: stored, parts: NONE };
  }
  const clear = withValuesAt(stored, new Map(marks.map(({ path, value: inner }) => [path, inner])));
  checkBytes(clear, what);
  const parts = new Map<string, Part>();
  for (const { path, subject, value: inner } of marks)
    add(parts, { path, owner: { name: subject }, value: inner });
  for (const part of declared ?? []) {
    for (const place of placesOf(clear, part.at)) declare(parts, part, place, clear, input);
  }
  const found = outermost(parts);
  const repeated = giver.shown?.repeatedIn(clear) ?? NONE;
  const left = repeated.filter(({ path }) => !found.some((part) => isWithin(path, part.path)));
  return { clear, parts: left.length === 0 ? found : [...found, ...left] };
}

function isWithin(path: string, outer: string): boolean {
  return path === outer || path.startsWith(`${outer}/`);
}

/** @throws KernelError `PayloadTooLarge` */
export function checkBytes(stored: StoredValue, what: string): void {
  const limit = VALUE_LIMITS.maxInlineBytes;
  const bytes = storedBytes(stored, limit);
  if (bytes <= limit) return;
  const message = `${what} has ${bytes} bytes of JSON, the limit is ${limit}`;
  throw new KernelError('PayloadTooLarge', message, { data: { bytes, limit } });
}

/** Notes a declared part, and the place that names its subject. What is a reference there is somebody's already. */
function declare(
  parts: Map<string, Part>,
  { subject, at }: SensitivePart,
  { path, stars, value }: Place,
  clear: StoredValue,
  input: StoredValue,
): void {
  if (value === null || isReference(value)) return;
  if (typeof subject === 'object' && 'name' in subject) {
    add(parts, { path: pointerOf(path), owner: subject, value });
    return;
  }
  const isInput = typeof subject === 'object';
  const left = [...stars];
  const keys = keysOf(isInput ? subject.input : subject).map((key) =>
    key === '*' ? (left.shift() ?? key) : key,
  );
  const naming = valueAt(isInput ? input : clear, keys) ?? null;
  const owner = ownerFrom(naming);
  if (owner === undefined) {
    const message = `${at} is sensitive, and ${pointerOf(keys) || 'the value'} names no subject`;
    throw new KernelError('InvalidInput', message, { data: { at, subject: pointerOf(keys) } });
  }
  add(parts, { path: pointerOf(path), owner, value });
  if (!isInput && !isReference(naming)) add(parts, { path: pointerOf(keys), owner, value: naming });
}

function ownerFrom(naming: StoredValue): Owner | undefined {
  const sealed = sealedRefOf(naming);
  if (sealed !== undefined) return { hash: sealed.subject };
  const name = typeof naming === 'number' ? String(naming) : naming;
  return typeof name === 'string' && name.length > 0 && name.length <= MAX_SUBJECT ? { name } : undefined;
}

/** What the caller marked counts before what the kind declares. */
function add(parts: Map<string, Part>, part: Part): void {
  if (hasReferences(part.value)) {
    const message = `the sensitive part ${part.path || 'as a whole'} has a reference in it; declare the places inside it`;
    throw new KernelError('InvalidInput', message, { data: { at: part.path } });
  }
  if (!parts.has(part.path)) parts.set(part.path, part);
}

/** Parts without those that lie in another of the same subject. */
function outermost(parts: ReadonlyMap<string, Part>): readonly Part[] {
  return [...parts.values()].filter((part) => {
    const keys = keysOf(part.path);
    for (let length = 0; length < keys.length; length++) {
      const around = parts.get(pointerOf(keys.slice(0, length)));
      if (around === undefined) continue;
      if (JSON.stringify(around.owner) === JSON.stringify(part.owner)) return false;
      throw new KernelError(
        'InvalidInput',
        `${part.path} and ${around.path || 'the value'} are of two subjects`,
        {
          data: { at: part.path, around: around.path },
        },
      );
    }
    return true;
  });
}
