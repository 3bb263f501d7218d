import { isKernelError, KernelError } from '@tksm/abstractions';
import { headersAcross, headersWithoutBody } from './request-headers.ts';
import type { RequestHeaders } from './request-headers.ts';
import { readTarget } from './target.ts';
import type { HttpMethod, Target } from './target.ts';

/** One request of a call: the first, or where a redirect leads. */
export interface Hop {
  readonly method: HttpMethod;
  readonly target: Target;
  readonly headers: RequestHeaders;
  /** Whether the body of the call goes with it. */
  readonly hasBody: boolean;
}

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Where an answer leads, as it says itself; undefined for one that leads nowhere. */
export function redirection(status: number, location: string | undefined): string | undefined {
  return REDIRECTS.has(status) ? location : undefined;
}

/**
 * The request that a redirect asks for: as a GET without the body where browsers do so, to another origin without what may be
 * secret, never from https to http.
 *
 * Source: WHATWG Fetch, "HTTP-redirect fetch".
 *
 * @throws KernelError `RedirectRefused`
 */
export function nextHop(hop: Hop, status: number, location: string): Hop {
  const from = hop.target;
  const target = locationTarget(location, from);
  if (from.url.protocol === 'https:' && target.url.protocol === 'http:') {
    throw redirectRefused(from, 'leads from https to http');
  }
  const headers = target.url.origin === from.url.origin ? hop.headers : headersAcross(hop.headers);
  if (!becomesGet(hop.method, status)) return { ...hop, target, headers };
  return { method: 'get', target, headers: headersWithoutBody(headers), hasBody: false };
}

/** The refusal of a redirect. */
export function redirectRefused({ host }: Target, fault: string): KernelError {
  return new KernelError('RedirectRefused', `a redirect of ${host} ${fault}`, { data: { host } });
}

function becomesGet(method: HttpMethod, status: number): boolean {
  if (status === 303) return method !== 'get' && method !== 'head';
  return method === 'post' && (status === 301 || status === 302);
}

function locationTarget(location: string, from: Target): Target {
  try {
    return readTarget(location, from.url);
  } catch (error) {
    if (!isKernelError(error)) throw error;
    throw redirectRefused(from, `is refused: ${error.message}`);
  }
}
