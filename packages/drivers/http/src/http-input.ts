import { deferredSchema, hash } from '@tksm/abstractions';
import type { Hash, StandardSchema, StoredValue } from '@tksm/abstractions';

/** What is sent: text, bytes, a JSON value, or the bytes of a blob. */
export type HttpBody =
  | string
  | Uint8Array
  | { readonly json: StoredValue; readonly blob?: undefined }
  | { readonly blob: Hash; readonly json?: undefined };

/** A request. Its method is the name of the operation. */
export interface HttpInput {
  /** `https:`, or `http:` for servers that have nothing else. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Not for `get` and `head`. */
  readonly body?: HttpBody | undefined;
  /** For all of it, redirects too: 1 ms to 10 minutes, 30 s by default. */
  readonly timeoutMs?: number | undefined;
  /** Most bytes of the answer's body, as they are once decoded; 16 MiB by default and at most 1 GiB. */
  readonly maxBytes?: number | undefined;
  /** Whether redirects are followed (the default), are the answer, or fail the call. */
  readonly redirect?: 'follow' | 'manual' | 'error' | undefined;
}

/** Bounds of requests. */
export const HTTP_LIMITS = Object.freeze({
  maxUrlLength: 8_192,
  defaultTimeoutMs: 30_000,
  maxTimeoutMs: 600_000,
  defaultBytes: 16_777_216,
  maxBytes: 1_073_741_824,
  /** Of the answer, names and values together. */
  maxHeaderBytes: 16_384,
  maxRedirects: 5,
});

/** The input of an operation that sends a body, or of one that has none. */
export function httpInput(hasBody: boolean): StandardSchema<unknown, HttpInput> {
  return deferredSchema('tksm', async () => {
    const { z } = await import('zod');
    const digest = z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .transform(hash);
    const body = z.union(
      [
        z.string(),
        z.instanceof(Uint8Array),
        z.strictObject({ json: z.json() }),
        z.strictObject({ blob: digest }),
      ],
      'is not a text, bytes, {"json": VALUE} or {"blob": HASH}',
    );
    return z.strictObject({
      url: z.string().min(1).max(HTTP_LIMITS.maxUrlLength),
      headers: z.record(z.string(), z.string()).optional(),
      ...(hasBody && { body: body.optional() }),
      timeoutMs: z.int().min(1).max(HTTP_LIMITS.maxTimeoutMs).optional(),
      maxBytes: z.int().min(0).max(HTTP_LIMITS.maxBytes).optional(),
      redirect: z.enum(['follow', 'manual', 'error']).optional(),
    }) as unknown as StandardSchema<unknown, HttpInput>;
  });
}
