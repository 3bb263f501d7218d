import { createHash } from 'node:crypto';
import { deferredSchema, fromStored, jobId, KernelError, kindName, RINGS } from '@tksm/abstractions';
import type {
  BlobRef,
  JobId,
  JobView,
  StandardSchema,
  TaskContext,
  TaskKind,
  Value,
} from '@tksm/abstractions';
import { manifestLine } from './manifest-line.ts';
import { pathSchema } from './path-schema.ts';
import { pathBytes, pathText } from './path-value.ts';
import type { PathValue } from './path-value.ts';
import { replaceFile } from './replaced-file.ts';
import { SHA256_KIND } from './sha256-kind.ts';
import type { Sha256Input, Sha256Output } from './sha256-kind.ts';

export interface ManifestInput {
  /** The job whose children of kind `files.sha256` are the lines. */
  readonly of: string;
  /** The root that all of them must have. */
  readonly root: PathValue;
  /** The file to write; null: a blob. */
  readonly to: PathValue | null;
}

export interface ManifestOutput {
  readonly [key: string]: Value;
  readonly path: PathValue | null;
  readonly lines: number;
  /** Of the manifest itself. */
  readonly sha256: string;
}

const TIMEOUT_MS = 3_600_000;
/** Bytes of a manifest that are written at once. */
const CHUNK_BYTES = 65_536;

const manifestInput: StandardSchema<unknown, ManifestInput> = deferredSchema('tksm', async () => {
  const { z } = await import('zod');
  const of = z.string().regex(/^[0-9a-f]{32}$/, 'is no job id');
  return z.strictObject({ of, root: pathSchema(z), to: pathSchema(z).nullable() });
});

/**
 * The kind `files.manifest`: writes what `sha256sum` would, from the outputs of `files.sha256` jobs, in the order of the
 * paths' bytes.
 *
 * A job fails with `ChildFailed` when one of them did not succeed, `InvalidInput` when one has another root, and as
 * `replaceFile` does.
 */
export function manifestKind(): TaskKind<ManifestInput, ManifestOutput> {
  return Object.freeze({
    class: 'task' as const,
    name: kindName('files.manifest'),
    summary: 'Writes a manifest as sha256sum does',
    input: manifestInput,
    ring: RINGS.plugin,
    timeoutMs: TIMEOUT_MS,
    run: writeManifest,
  });
}

interface Line {
  readonly path: Buffer;
  readonly sha256: string;
}

async function writeManifest(input: ManifestInput, context: TaskContext): Promise<ManifestOutput> {
  const lines = await collected(jobId(input.of), pathBytes(input.root), context);
  const digest = createHash('sha256');
  const written = { path: input.to, lines: lines.length };
  if (input.to === null) {
    const blob: BlobRef = await context.blobs.write(chunks());
    return { ...written, sha256: blob.hash, blob: { ...blob } };
  }
  await replaceFile(pathBytes(input.to), context.job.id, chunks());
  return { ...written, sha256: digest.digest('hex') };

  async function* chunks(): AsyncGenerator<Buffer, void> {
    let chunk: Buffer[] = [];
    let size = 0;
    for (const { path, sha256 } of lines) {
      const line = manifestLine(sha256, path);
      digest.update(line);
      chunk.push(line);
      size += line.length;
      if (size < CHUNK_BYTES) continue;
      context.signal.throwIfAborted();
      yield Buffer.concat(chunk);
      chunk = [];
      size = 0;
    }
    yield Buffer.concat(chunk);
  }
}

async function collected(of: JobId, root: Buffer, context: TaskContext): Promise<Line[]> {
  const lines: Line[] = [];
  for await (const child of context.jobs.children(of)) {
    if (child.spec.kind !== SHA256_KIND) continue;
    context.signal.throwIfAborted();
    lines.push(lineOf(child, root));
    context.progress({ done: lines.length });
  }
  return lines.sort((a, b) => a.path.compare(b.path));
}

function lineOf({ id, status, spec, outcome }: JobView, root: Buffer): Line {
  if (outcome?.status !== 'succeeded') {
    throw new KernelError('ChildFailed', `job ${id} is ${status}: its file would be missing`, {
      data: { job: id },
    });
  }
  const input = fromStored(spec.input) as unknown as Sha256Input;
  if (!pathBytes(input.root).equals(root)) {
    const message = `job ${id} is about another root, ${pathText(input.root)}`;
    throw new KernelError('InvalidInput', message, { data: { job: id } });
  }
  const { path, sha256 } = fromStored(outcome.output) as Sha256Output;
  return { path: pathBytes(path), sha256 };
}
