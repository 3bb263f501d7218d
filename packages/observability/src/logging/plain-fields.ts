import { isSecretName } from '@tksm/abstractions';

/** Bounds of what one line carries; the rest is left out and said to be. */
const FIELD_LIMITS = Object.freeze({ depth: 6, entries: 100, textLength: 8_192 });

export const REDACTED = '[redacted]';

type Mask = (text: string) => string;

/**
 * Fields as they may be written: plain, bounded, without cycles, secrets taken out by name and by value. Never throws.
 */
export function plainFields(fields: object, mask: Mask): Record<string, unknown> {
  return plainObject(fields, mask, 0);
}

function plainObject(value: object, mask: Mask, depth: number): Record<string, unknown> {
  const plain: Record<string, unknown> = {};
  let entries = 0;
  for (const key of keysOf(value)) {
    if (entries++ >= FIELD_LIMITS.entries) {
      plain['...'] = 'more';
      break;
    }
    plain[key === '__proto__' ? `[${key}]` : mask(key)] = isSecretName(key)
      ? REDACTED
      : guarded(() => Reflect.get(value, key), mask, depth + 1);
  }
  return plain;
}

function keysOf(value: object): readonly string[] {
  try {
    return Object.keys(value);
  } catch {
    return [];
  }
}

/** A getter, a proxy or a toJSON may throw. */
function guarded(read: () => unknown, mask: Mask, depth: number): unknown {
  try {
    return plainValue(read(), mask, depth);
  } catch {
    return '[unreadable]';
  }
}

function plainValue(value: unknown, mask: Mask, depth: number): unknown {
  switch (typeof value) {
    case 'string':
      return cut(mask(value));
    case 'number':
      return Number.isFinite(value) ? value : String(value);
    case 'bigint':
      return String(value);
    case 'function':
    case 'symbol':
      return `[${typeof value}]`;
    case 'object':
      return value === null ? null : plainReference(value, mask, depth);
    default:
      return value;
  }
}

function plainReference(value: object, mask: Mask, depth: number): unknown {
  if (depth > FIELD_LIMITS.depth) return '[deeper]';
  if (value instanceof Uint8Array) return `[${value.length} bytes]`;
  if (value instanceof Error) return plainError(value, mask, depth);
  if (Array.isArray(value)) {
    const items = value
      .slice(0, FIELD_LIMITS.entries)
      .map((item: unknown) => guarded(() => item, mask, depth + 1));
    return value.length > FIELD_LIMITS.entries ? [...items, '...'] : items;
  }
  if ('toJSON' in value && typeof value.toJSON === 'function') {
    return plainValue(value.toJSON(), mask, depth + 1);
  }
  return plainObject(value, mask, depth);
}

function plainError(error: Error, mask: Mask, depth: number): Record<string, unknown> {
  const { name, message, stack, cause } = error;
  return {
    name,
    message: cut(mask(message)),
    ...plainObject(error, mask, depth),
    ...(stack === undefined ? {} : { stack: cut(mask(stack)) }),
    ...(cause === undefined ? {} : { cause: guarded(() => cause, mask, depth + 1) }),
  };
}

function cut(text: string): string {
  const { textLength } = FIELD_LIMITS;
  return text.length <= textLength ? text : `${text.slice(0, textLength)}... (${text.length} characters)`;
}
