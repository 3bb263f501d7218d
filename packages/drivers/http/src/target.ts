import { askRight, canonicalHost, KernelError } from '@tksm/abstractions';
import type { RightUse } from '@tksm/abstractions';
import { pathFault } from './url-path.ts';

/** The methods that there are operations for. */
export const HTTP_METHODS = Object.freeze(['get', 'head', 'post', 'put', 'patch', 'delete'] as const);
export type HttpMethod = (typeof HTTP_METHODS)[number];

/** Where a request goes: the URL that is sent, and what it is called in rights. */
export interface Target {
  readonly url: URL;
  /** Without a port; an IPv6 address in brackets. */
  readonly host: string;
  /** With the port, unless it is the scheme's own. */
  readonly authority: string;
  /** `HOST[:PORT]/path`, without a `/` at its end. */
  readonly resource: string;
}

/**
 * In the text of a URL before its query: what its parser drops, takes for a `/` or for a dot. The text that people see would
 * be another than the one that is judged.
 */
const MISLEADING = /[\s\p{Cc}\p{Cf}\\]|%2e/iu;

/**
 * Reads a URL. It is judged and sent as the WHATWG URL standard reads it: host in lower case and as `xn--…`, addresses in
 * their one form, `..` resolved. A `/` at the end of the path is not in its resource; the query is in none.
 *
 * @throws KernelError `InvalidInput`, which says nothing of the query; for a path that servers may read as another, or that no
 * right can name, too
 */
export function readTarget(text: string, base?: URL): Target {
  const [beforeQuery = ''] = text.split(/[?#]/, 1);
  if (MISLEADING.test(beforeQuery)) throw invalid('has a blank, a backslash or an encoded dot');
  const url = URL.parse(text, base);
  if (url === null) throw invalid('cannot be read');
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw invalid('is neither https nor http');
  if (url.username !== '' || url.password !== '') throw invalid('holds credentials; use a header');
  const host = canonicalHost(url.hostname);
  if (host === undefined) throw invalid('has a host that is none');
  const fault = pathFault(url.pathname);
  if (fault !== undefined) throw invalid(fault);
  url.hostname = host;
  url.hash = '';
  const authority = url.port === '' ? host : `${host}:${url.port}`;
  const resource = `${authority}${url.pathname.replace(/\/$/, '')}`;
  checkNameable(resource);
  return { url, host, authority, resource };
}

/** What a request to a target asks for; its amount is the most bytes of a body that it may move, either way. */
export function useOf(method: HttpMethod, { resource, host }: Target, bytes: number): RightUse {
  return { action: `http.${method}`, resource, host, amount: String(bytes) };
}

/** What a request asks for besides, when an address behind its host is not public. */
export function privateUseOf({ authority, host }: Target): RightUse {
  return { action: 'http.private', resource: authority, host };
}

function checkNameable(resource: string): void {
  try {
    askRight('http.get', resource);
  } catch {
    throw invalid('has a path that no right can name');
  }
}

function invalid(fault: string): KernelError {
  const next = 'write the URL as it is to be sent, with letters beyond ASCII or blanks in percent-encoding';
  return new KernelError('InvalidInput', `the URL ${fault}`, { data: { field: 'url' }, next });
}
