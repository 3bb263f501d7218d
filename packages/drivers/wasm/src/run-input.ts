import { askRight, deferredSchema, isKernelError } from '@tksm/abstractions';
import type { BlobRef, Hash, StandardSchema } from '@tksm/abstractions';

/** What a program may do with a folder: see what is in it, leave files in it, or both. */
export type DirAccess = 'read' | 'write' | 'read-write';

export interface GuestDir {
  /** Where the program sees it: `/in`. */
  readonly guest: string;
  /** The folder, as the driver `fs` names it: `/corp/in`. */
  readonly path: string;
  readonly access: DirAccess;
}

export interface RunInput {
  readonly module: { readonly blob: BlobRef } | { readonly path: string };
  /** Those after the name of the program, at most 1,024. */
  readonly args?: readonly string[] | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly stdin?: string | Uint8Array | { readonly blob: BlobRef } | undefined;
  /** At most 16. */
  readonly dirs?: readonly GuestDir[] | undefined;
  /** Default 30,000; at most an hour. */
  readonly timeoutMs?: number | undefined;
  /** What its memory may grow to: by pages of 65,536. Default 64 MiB; at most what the driver gives. */
  readonly memoryBytes?: number | undefined;
}

export const RUN_LIMITS = Object.freeze({
  maxArgs: 1_024,
  /** UTF-16 units of one argument or variable. */
  maxText: 65_536,
  maxDirs: 16,
  timeoutMs: 30_000,
  maxTimeoutMs: 3_600_000,
  memoryBytes: 64 * 1024 * 1024,
  minMemoryBytes: 65_536,
  maxMemoryBytes: 1024 * 1024 * 1024,
});

const { maxArgs, maxText, maxDirs, maxTimeoutMs, minMemoryBytes, maxMemoryBytes } = RUN_LIMITS;

export const runInput: StandardSchema<unknown, RunInput> = deferredSchema('tksm', async () => {
  const { z } = await import('zod');
  const hash = z.custom<Hash>((value) => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value));
  const blob = z.strictObject({ blob: z.strictObject({ hash, size: z.int().min(0) }) });
  const path = z.string().refine(isPath, 'must be an absolute path, as /corp/a');
  const text = z
    .string()
    .max(maxText)
    .refine((value) => !value.includes('\0') && value.isWellFormed(), 'has a NUL or half a character');
  const name = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/);
  const dir = z.strictObject({ guest: path, path, access: z.enum(['read', 'write', 'read-write']) });
  const bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array, 'must be bytes');
  return z.strictObject({
    module: z.union([blob, z.strictObject({ path })], 'is not {"blob": {hash, size}} or {"path": PATH}'),
    args: z.array(text).max(maxArgs).optional(),
    env: z
      .record(name, text)
      .refine((env) => Object.keys(env).length <= maxArgs, 'has too many variables')
      .optional(),
    stdin: z.union([z.string(), bytes, blob], 'is not a text, bytes or {"blob": {hash, size}}').optional(),
    dirs: z
      .array(dir)
      .max(maxDirs)
      .refine((dirs) => new Set(dirs.map(({ guest }) => guest)).size === dirs.length, 'has a guest twice')
      .optional(),
    timeoutMs: z.int().min(1).max(maxTimeoutMs).optional(),
    memoryBytes: z.int().min(minMemoryBytes).max(maxMemoryBytes).optional(),
  });
});

/** Whether a text is an absolute path that rights can name. */
export function isPath(text: string): boolean {
  if (!text.startsWith('/')) return false;
  try {
    askRight('fs.read', text);
    return true;
  } catch (error) {
    if (isKernelError(error)) return false;
    throw error;
  }
}
