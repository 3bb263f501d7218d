import type { ZodType } from 'zod';
import { pathBytes } from './path-value.ts';
import type { PathValue } from './path-value.ts';

/** Longest path, in bytes, as Linux has it. */
const MAX_PATH_BYTES = 4_096;

/** A path that is not empty and holds no NUL. */
export function pathSchema({ string, custom, union }: typeof import('zod').z): ZodType<PathValue> {
  return union([
    string().min(1),
    custom<Uint8Array>((value) => value instanceof Uint8Array && value.length > 0, 'is no path'),
  ])
    .refine((path) => !pathBytes(path).includes(0), 'has a NUL character')
    .refine((path) => Buffer.byteLength(path) <= MAX_PATH_BYTES, 'is too long');
}
