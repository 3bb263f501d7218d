import { KernelError } from '@tksm/abstractions';

/** In lower case. */
export type RequestHeaders = ReadonlyMap<string, string>;

/** Bounds of the headers that a caller sets. */
const HEADER_LIMITS = Object.freeze({
  maxCount: 64,
  /** Names and values together, in characters. */
  maxLength: 16_384,
});

/** A token. Source: RFC 9110, section 5.6.2. */
const NAME = /^[!#$%&'*+.^_`|~0-9a-z-]+$/;
/** Without the characters that end a line or a text. Source: RFC 9110, section 5.5. */
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** What frames a request, or is between two neighbours: the driver's own. */
const FORBIDDEN: ReadonlySet<string> = new Set([
  ...['connection', 'content-length', 'expect', 'host', 'http2-settings', 'keep-alive', 'proxy-connection'],
  ...['te', 'trailer', 'transfer-encoding', 'upgrade'],
]);

/**
 * What servers, and proxies before them, take for another method, host or path than the request has: no right was asked for
 * that. A request begins here, so nothing was forwarded. Who sends it (`x-real-ip`, `via`) is in no right, and left to callers.
 */
const OVERRIDING: ReadonlySet<string> = new Set([
  ...['forwarded', 'x-host', 'x-http-host-override', 'x-http-method', 'x-http-method-override'],
  ...['x-method-override', 'x-request-uri', 'x-rewrite-url'],
]);
const OVERRIDING_PREFIX = /^x-(?:forwarded|original)-/;

/** What a host that a redirect leads to is sent, too. Anything else could be a secret that is meant for the first. */
const SENT_ACROSS: ReadonlySet<string> = new Set([
  ...['accept', 'accept-encoding', 'accept-language', 'content-type', 'idempotency-key', 'user-agent'],
]);

/** The headers of a caller. @throws KernelError `InvalidInput` with `data.field` */
export function readHeaders(given: Readonly<Record<string, string>>): RequestHeaders {
  const headers = new Map<string, string>();
  let length = 0;
  for (const [text, value] of Object.entries(given)) {
    const name = text.toLowerCase();
    length += name.length + value.length;
    if (!NAME.test(name)) throw invalid(name, 'is not the name of a header');
    if (!VALUE.test(value)) throw invalid(name, 'has characters that no header may have');
    checkMeaning(name);
    if (headers.has(name)) throw invalid(name, 'is there twice');
    headers.set(name, value);
  }
  const { maxCount, maxLength } = HEADER_LIMITS;
  if (headers.size > maxCount || length > maxLength) {
    throw invalid('headers', `has more than ${maxCount} headers or ${maxLength} characters`);
  }
  return headers;
}

/** Other marks in a name are read as `-`: programs behind CGI and its like cannot tell them apart (RFC 3875, 4.1.18). */
function checkMeaning(name: string): void {
  const read = name.replace(/[^0-9a-z]/g, '-');
  if (FORBIDDEN.has(read)) throw invalid(name, 'is for the driver to set');
  if (OVERRIDING.has(read) || OVERRIDING_PREFIX.test(read)) {
    throw invalid(name, 'says another method, host or path than the one that is allowed');
  }
}

/** What of the headers another origin is sent. */
export function headersAcross(headers: RequestHeaders): RequestHeaders {
  return new Map([...headers].filter(([name]) => SENT_ACROSS.has(name)));
}

/** What of the headers a request without the body has. */
export function headersWithoutBody(headers: RequestHeaders): RequestHeaders {
  return new Map([...headers].filter(([name]) => !name.startsWith('content-') && name !== 'idempotency-key'));
}

function invalid(name: string, fault: string): KernelError {
  const field = name.slice(0, 140).toWellFormed();
  return new KernelError('InvalidInput', `the header ${JSON.stringify(field)} ${fault}`, { data: { field } });
}
