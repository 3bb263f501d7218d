// Guarantees: a request goes to the addresses that were judged and to no others, over a connection of its own that ends
// with its answer. So no answer, and no judgement, is another request's.

import { isIP } from 'node:net';
import type { LookupFunction } from 'node:net';
import type { Readable } from 'node:stream';
import type { Permit } from '@tksm/abstractions';
import type { Hop } from './hop.ts';
import { httpError } from './http-error.ts';
import { HTTP_LIMITS } from './http-input.ts';
import type { RequestBody } from './request-body.ts';

/** An answer whose body is still to be read. */
export interface Answer {
  readonly status: number;
  /** Names and values in turn, as they came. */
  readonly rawHeaders: readonly string[];
  readonly body: Readable;
  /** Ends the connection. */
  close(): Promise<void>;
}

export interface ExchangeOptions {
  readonly addresses: readonly string[];
  readonly body: RequestBody | undefined;
  /** Most bytes of the body as they are sent. */
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

/**
 * Sends one request. HTTP/1.1, certificates checked against the host of the URL, no proxy, whatever the environment says.
 *
 * @throws KernelError `Unreachable`, `ResponseInvalid`; the reason of the signal
 */
export async function exchange(hop: Hop, _permit: Permit, options: ExchangeOptions): Promise<Answer> {
  const { addresses, body, maxBytes, signal } = options;
  const { url, host } = hop.target;
  const { Client } = await import('undici');
  const client = new Client(url.origin, {
    ...{ allowH2: false, pipelining: 1, maxCachedSessions: 0, useMilo: false },
    // The call's own timeout is over all of it.
    ...{ connectTimeout: 0, headersTimeout: 0, bodyTimeout: 0 },
    ...{ maxHeaderSize: HTTP_LIMITS.maxHeaderBytes, maxResponseSize: maxBytes },
    // As it is without saying so, but for NODE_TLS_REJECT_UNAUTHORIZED.
    connect: { lookup: pinned(addresses), rejectUnauthorized: true },
  });
  const close = (): Promise<void> => client.destroy();
  try {
    const {
      statusCode,
      headers,
      body: answered,
    } = await client.request({
      path: url.pathname + url.search,
      method: methodName(hop),
      headers: sentHeaders(hop, body),
      body: hop.hasBody && body !== undefined ? body.content() : null,
      ...{ signal, reset: true, responseHeaders: 'raw' },
    });
    return { status: statusCode, rawHeaders: headers as unknown as string[], body: answered, close };
  } catch (error) {
    await close();
    signal.throwIfAborted();
    throw httpError(error, host);
  }
}

/** Answers each name with the same addresses. */
function pinned(addresses: readonly string[]): LookupFunction {
  const known = addresses.map((address) => ({ address, family: isIP(address) }));
  return (_name, { all }, answer) => {
    const [first = { address: '', family: 0 }] = known;
    if (all === true) answer(null, known);
    else answer(null, first.address, first.family);
  };
}

function methodName({ method }: Hop): 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' {
  return method.toUpperCase() as Uppercase<typeof method>;
}

function sentHeaders({ headers, hasBody }: Hop, body: RequestBody | undefined): string[] {
  const sent = [...headers];
  if (hasBody && body !== undefined) sent.push(['content-length', String(body.length)]);
  return sent.flat();
}
