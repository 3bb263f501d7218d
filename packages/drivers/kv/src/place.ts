import type { RightUse } from '@tksm/abstractions';
import type { ZodType } from 'zod';

/** Where a value is kept: a namespace, and a key of one or more segments in it, `settings/colour`. */
export interface Place {
  readonly ns: string;
  readonly key: string;
}

/** A lower-case word of up to 64 characters: letters, digits, `-` and `_`. */
export function namespaceField({ string }: typeof import('zod').z): ZodType<string> {
  return string().regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, 'is not the name of a namespace: a lower-case word');
}

/** Whether it is one that a right can name is judged when it is asked for. */
export function keyField({ string }: typeof import('zod').z): ZodType<string> {
  return string().min(1).max(900);
}

/** The right to a key, or to what is below it. */
export function useOf(op: string, ns: string, key?: string): RightUse {
  return { action: `kv.${op}`, resource: key === undefined ? ns : `${ns}/${key}` };
}

/** Key of the world that holds what is known of all namespaces. None has this name. */
export const TOTAL_KEY = 'kv/*';

/** Key of the world that holds what is known of a namespace. Those of its entries begin with it and a `/`. */
export function headerKey(ns: string): string {
  return `kv/${ns}`;
}

export function entryKey({ ns, key }: Place): string {
  return `kv/${ns}/${key}`;
}
