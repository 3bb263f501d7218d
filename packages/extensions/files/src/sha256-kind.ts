import { deferredSchema, kindName, RINGS } from '@tksm/abstractions';
import type { StandardSchema, TaskContext, TaskKind, Value } from '@tksm/abstractions';
import { FileHasher } from './file-hasher.ts';
import { pathSchema } from './path-schema.ts';
import { joined, pathBytes } from './path-value.ts';
import type { PathValue } from './path-value.ts';

export interface Sha256Input {
  readonly root: PathValue;
  /** Relative to the root. */
  readonly path: PathValue;
}

export interface Sha256Output {
  readonly [key: string]: Value;
  readonly path: PathValue;
  readonly sha256: string;
  readonly size: number;
}

export const SHA256_KIND = kindName('files.sha256');
const TIMEOUT_MS = 3_600_000;

const sha256Input: StandardSchema<unknown, Sha256Input> = deferredSchema('tksm', async () => {
  const { z } = await import('zod');
  return z.strictObject({ root: pathSchema(z), path: pathSchema(z) });
});

/**
 * The kind `files.sha256`: the SHA-256 of one file.
 *
 * A job fails with `FileNotFound`, `FileUnreadable` (neither is retried), `StorageFailed`, `ResourcesExhausted`.
 */
export function sha256Kind(): TaskKind<Sha256Input, Sha256Output> {
  const hasher = new FileHasher();
  return Object.freeze({
    class: 'task' as const,
    name: SHA256_KIND,
    summary: 'Computes the SHA-256 of a file',
    input: sha256Input,
    ring: RINGS.plugin,
    timeoutMs: TIMEOUT_MS,
    async run({ root, path }: Sha256Input, context: TaskContext): Promise<Sha256Output> {
      const file = joined(pathBytes(root), pathBytes(path));
      const digest = await hasher.digest(file, context.signal, (done, total) =>
        context.progress({ done, total }),
      );
      return { path, ...digest };
    },
  });
}
