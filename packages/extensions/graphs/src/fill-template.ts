import { KernelError, VALUE_TAGS } from '@tksm/abstractions';
import type { Value, ValueObject } from '@tksm/abstractions';

/** In a template, `{ "$item": [KEY…] }` is the item or a part of it, `{ "$bound": N }` the Nth bound value. */
export const TEMPLATE_TAGS = Object.freeze({ item: '$item', bound: '$bound' });

/** Keys that would mean something in a child's input, were they to come in with data. */
const REFUSED: readonly string[] = [VALUE_TAGS.output, VALUE_TAGS.job, '__proto__'];

/** A template with its places filled. @throws KernelError `InvalidInput` when the item has no such part */
export function fillTemplate(template: Value, item: Value, bound: readonly Value[]): Value {
  if (Array.isArray(template))
    return (template as readonly Value[]).map((part) => fillTemplate(part, item, bound));
  if (!isObject(template)) return template;
  const path = template[TEMPLATE_TAGS.item];
  if (path !== undefined) return partOf(item, Array.isArray(path) ? (path as readonly Value[]) : []);
  const index = template[TEMPLATE_TAGS.bound];
  if (index !== undefined) return boundAt(bound, index);
  return Object.fromEntries(
    Object.entries(template).map(([key, part]) => [key, fillTemplate(part, item, bound)]),
  );
}

/** @throws KernelError `InvalidInput` for data that would be read as a reference */
export function checkData(value: Value, what: string): void {
  if (Array.isArray(value)) {
    for (const item of value as readonly Value[]) checkData(item, what);
  } else if (isObject(value)) {
    for (const [key, item] of Object.entries(value)) {
      if (REFUSED.includes(key)) throw new KernelError('InvalidInput', `${what} has the reserved key ${key}`);
      checkData(item, what);
    }
  }
}

function partOf(item: Value, path: readonly Value[]): Value {
  let part: Value | undefined = item;
  for (const key of path) {
    const inside: boolean =
      part !== undefined && (isObject(part) || Array.isArray(part)) && Object.hasOwn(part, String(key));
    part = inside ? (part as ValueObject)[String(key)] : undefined;
  }
  if (part === undefined) throw new KernelError('InvalidInput', `the item has no ${path.join('.')}`);
  return part;
}

function boundAt(bound: readonly Value[], index: Value): Value {
  const value = bound[Number(index)];
  if (value === undefined)
    throw new KernelError('InvalidInput', `the template has no bound value ${String(index)}`);
  return value;
}

function isObject(value: Value): value is ValueObject {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)
  );
}
