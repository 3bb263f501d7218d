import type { Readable } from 'node:stream';
import type { BlobRef, BlobStore } from '@tksm/abstractions';
import { CapturedOutput } from './captured-output.ts';
import { SecretMask } from './secret-mask.ts';

interface CaptureOptions {
  readonly limit: number;
  readonly secrets: readonly string[];
  /** Where a stream longer than the limit is stored whole. */
  readonly blobs: BlobStore | undefined;
  /** Whether a stream that broke off did so because it was given up. */
  readonly forsaken: () => boolean;
}

interface StreamCapture {
  readonly output: CapturedOutput;
  /** Settles when the stream is read to its end; with the blob when the stream was longer than the limit. */
  readonly done: Promise<BlobRef | undefined>;
}

/** Reads a stream to its end: masked, its start and end kept. */
export function captureStream(stream: Readable, options: CaptureOptions): StreamCapture {
  const output = new CapturedOutput(options.limit);
  const chunks = maskedChunks(stream, output, options);
  return {
    output,
    done: options.blobs === undefined ? drained(chunks) : stored(chunks, options.blobs, output),
  };
}

async function* maskedChunks(
  stream: Readable,
  output: CapturedOutput,
  { secrets, forsaken }: CaptureOptions,
): AsyncGenerator<Buffer, undefined> {
  const mask = new SecretMask(secrets);
  const kept = (chunk: Buffer): Buffer => {
    output.add(chunk);
    return chunk;
  };
  try {
    for await (const chunk of stream) yield kept(mask.push(chunk as Buffer));
  } catch (error) {
    if (!forsaken()) throw error;
  }
  yield kept(mask.end());
}

async function drained(chunks: AsyncIterable<Buffer>): Promise<undefined> {
  for await (const _ of chunks);
}

async function stored(
  chunks: AsyncGenerator<Buffer, undefined>,
  blobs: BlobStore,
  output: CapturedOutput,
): Promise<BlobRef | undefined> {
  const first: Buffer[] = [];
  while (output.total <= output.limit) {
    const next = await chunks.next();
    if (next.done === true) return undefined;
    first.push(next.value);
  }
  return blobs.write(chained(first, chunks));
}

async function* chained(first: readonly Buffer[], rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield* first;
  yield* rest;
}
