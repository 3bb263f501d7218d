import { createHash } from 'node:crypto';
import { hash, jobId, kindName, toStored } from '@tksm/abstractions';
import type { BlobRef, BlobStore, JobView, Logger, TaskContext, Value } from '@tksm/abstractions';
import { standInContext } from '@tksm/drivers-memory';

export const JOB = jobId('0123456789abcdef0123456789abcdef');

const refuse = (): never => {
  throw new Error('not part of this test');
};

interface MemoryBlobs extends BlobStore {
  text(ref: unknown): string;
}

export function memoryBlobs(): MemoryBlobs {
  const contents = new Map<string, Buffer>();
  return {
    text: (ref) => contents.get((ref as BlobRef).hash)?.toString('utf8') ?? '',
    async write(content): Promise<BlobRef> {
      const chunks: Uint8Array[] = [];
      for await (const chunk of content) chunks.push(chunk);
      const bytes = Buffer.concat(chunks);
      const name = hash(createHash('sha256').update(bytes).digest('hex'));
      contents.set(name, bytes);
      return { hash: name, size: bytes.length };
    },
    read: refuse,
    stat: refuse,
    delete: refuse,
    list: refuse,
    close: () => Promise.resolve(),
  };
}

/** A child as the manifest sees it; without output it has failed. */
export function child(kind: string, input: Value, output?: Value): JobView {
  const outcome =
    output === undefined
      ? { status: 'failed' as const, error: { code: 'FileNotFound' as const, message: 'gone' } }
      : { status: 'succeeded' as const, output: toStored(output) };
  return {
    id: JOB,
    status: outcome.status,
    spec: { kind: kindName(kind), version: 1, input: toStored(input) },
    outcome,
  } as unknown as JobView;
}

interface ContextParts {
  readonly signal?: AbortSignal;
  readonly blobs?: BlobStore;
  readonly log?: Logger;
  readonly children?: readonly JobView[];
  readonly onProgress?: () => void;
}

/** The context of an attempt outside a kernel. */
export function taskContext({ children = [], onProgress, ...parts }: ContextParts = {}): TaskContext {
  const jobs = {
    get: refuse,
    children: async function* () {
      yield* children;
    },
  };
  return standInContext({ jobs, progress: () => onProgress?.(), ...parts });
}
