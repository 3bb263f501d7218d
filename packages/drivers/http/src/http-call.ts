import type { BlobStore, DriverCall, Permit, ValueObject } from '@tksm/abstractions';
import { judgedAddresses } from './addresses.ts';
import type { Network } from './addresses.ts';
import { isDecoded } from './content-encoding.ts';
import { exchange } from './exchange.ts';
import type { Answer } from './exchange.ts';
import { nextHop, redirection, redirectRefused } from './hop.ts';
import type { Hop } from './hop.ts';
import { httpError } from './http-error.ts';
import { HTTP_LIMITS } from './http-input.ts';
import type { HttpInput } from './http-input.ts';
import { readHeaders } from './request-headers.ts';
import { knownLength, requestBody } from './request-body.ts';
import type { RequestBody } from './request-body.ts';
import { readBody } from './response-body.ts';
import { responseHeaders } from './response-headers.ts';
import type { ResponseHeaders } from './response-headers.ts';
import { readTarget, useOf } from './target.ts';
import type { HttpMethod } from './target.ts';

export interface CallParts {
  readonly method: HttpMethod;
  readonly input: HttpInput;
  readonly call: Pick<DriverCall, 'authorise' | 'blobs' | 'key'>;
  /** Aborts when the call does, or when its time is over. */
  readonly signal: AbortSignal;
  readonly network: Network;
  readonly maxRedirects: number;
}

/**
 * Sends a request and follows where its answers lead: before a host is contacted, or even named to a resolver, the right to
 * call it there was given.
 */
export async function serveCall(parts: CallParts, permit: Permit): Promise<ValueObject> {
  const { input, call, signal, network } = parts;
  const { redirect = 'follow', maxBytes = HTTP_LIMITS.defaultBytes } = input;
  const body = input.body === undefined ? undefined : await requestBody(input.body, call.blobs);
  const judge = { signal, authorise: call.authorise.bind(call) };
  let hop = firstHop(parts, body);
  const known = Math.max(maxBytes, knownLength(input.body));
  const bytes = Math.max(known, body?.length ?? 0);
  // How long a blob is shows only now.
  let allowed = bytes > known ? await call.authorise([useOf(hop.method, hop.target, bytes)]) : permit;
  for (let followed = 0; ; followed++) {
    const addresses = await judgedAddresses(hop.target, allowed, judge, network);
    const answer = await exchange(hop, allowed, { addresses, body, maxBytes, signal });
    try {
      const headers = responseHeaders(answer.rawHeaders);
      const location = redirect === 'manual' ? undefined : redirection(answer.status, headers['location']);
      if (location === undefined) return await tell(hop, answer, headers, { maxBytes, blobs: call.blobs });
      if (redirect === 'error') throw redirectRefused(hop.target, 'was not to be followed');
      if (followed >= parts.maxRedirects) throw redirectRefused(hop.target, 'is one too many');
      hop = nextHop(hop, answer.status, location);
    } catch (error) {
      signal.throwIfAborted();
      throw httpError(error, hop.target.host);
    } finally {
      await answer.close();
    }
    allowed = await call.authorise([useOf(hop.method, hop.target, bytes)]);
  }
}

/** What is sent unless the caller says otherwise is put before what it says. */
function firstHop({ method, input, call }: CallParts, body: RequestBody | undefined): Hop {
  const headers = new Map([['user-agent', 'tksm']]);
  if (method !== 'get' && method !== 'head') headers.set('idempotency-key', call.key);
  if (body !== undefined) headers.set('content-type', body.contentType);
  for (const [name, value] of readHeaders(input.headers ?? {})) headers.set(name, value);
  return { method, target: readTarget(input.url), headers, hasBody: body !== undefined };
}

/** The query of where it came from is left out: the server that redirects there may have put a secret into it. */
async function tell(
  { method, target }: Hop,
  answer: Answer,
  headers: ResponseHeaders,
  limits: { readonly maxBytes: number; readonly blobs: BlobStore },
): Promise<ValueObject> {
  const { status } = answer;
  const url = target.url.origin + target.url.pathname;
  if (method === 'head') return { status, headers, url };
  const { 'content-encoding': _encoding, 'content-length': _length, ...decoded } = headers;
  const beside = { status, headers: isDecoded(headers) ? decoded : headers, url };
  const body = await readBody(answer, headers, { ...limits, host: target.host, beside });
  return { ...beside, ...('blob' in body ? { blob: { ...body.blob } } : body) };
}
