import { askRight, isKernelError } from '@tksm/abstractions';
import type { BlobRef, Hash, RightUse } from '@tksm/abstractions';
import type { ZodType } from 'zod';

type Zod = typeof import('zod').z;

/** What a call of an operation on a path needs: `fs.OP:PATH`. @throws KernelError `InvalidInput` */
export function useOf(op: string, path: string): RightUse {
  const { action, resource } = askRight(`fs.${op}`, path);
  return { action, resource, path: resource };
}

/** An absolute path that is a resource as it stands: nothing is decoded or resolved in it. */
export function pathField(z: Zod): ZodType<string> {
  return z.string().superRefine((path, context) => {
    const fault = path.startsWith('/') ? resourceFault(path) : 'the path is not absolute, as /corp/a is';
    if (fault !== undefined) context.addIssue({ code: 'custom', message: fault });
  });
}

export function bytesField(z: Zod): ZodType<Uint8Array> {
  return z.custom<Uint8Array>((value) => value instanceof Uint8Array, 'must be bytes');
}

export function blobField(z: Zod): ZodType<BlobRef> {
  const hash = z.custom<Hash>((value) => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value));
  return z.strictObject({ hash, size: z.int().min(0) });
}

/** Whether a name in a folder can be the last of a path. */
export function isName(name: string): boolean {
  return !name.includes('/') && resourceFault(`/${name}`) === undefined;
}

function resourceFault(path: string): string | undefined {
  try {
    useOf('read', path);
    return undefined;
  } catch (error) {
    if (isKernelError(error)) return error.message;
    throw error;
  }
}
