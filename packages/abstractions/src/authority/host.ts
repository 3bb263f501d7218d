/** Longest name of a host, as in the DNS. Source: RFC 1035, section 2.3.4. */
const MAX_HOST = 253;
const NAME = /^[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*\.?$/;
/** As a URL has it. */
const IPV6 = /^\[[0-9A-Fa-f:.]+\]$/;
/** Ends as no IPv4 address does, in none of its spellings. Source: WHATWG URL, "ends in a number". */
const ENDS_IN_WORD = /(?:^|\.)[a-z][a-z0-9-]*$/;

/**
 * A host as hosts are compared: lower case, no dot at the end. Undefined for what is none: a port, a user, a path, or
 * letters beyond ASCII (a URL has them as `xn--…`).
 */
export function canonicalHost(text: string): string | undefined {
  // Checked before it is lowered: the Kelvin sign becomes a `k`.
  if (text.length > MAX_HOST + 1 || !(NAME.test(text) || IPV6.test(text))) return undefined;
  return (text.endsWith('.') ? text.slice(0, -1) : text).toLowerCase();
}

/** A host, or `*.name` for the names below a name, as they are compared; undefined for what is neither. */
export function canonicalHostPattern(text: string): string | undefined {
  if (!text.startsWith('*.')) return canonicalHost(text);
  const above = canonicalHost(text.slice(2));
  return above !== undefined && ENDS_IN_WORD.test(above) ? `*.${above}` : undefined;
}

/** Whether a host, or each that a pattern stands for, is one that is granted. */
export function coversHost(granted: string, narrower: string): boolean {
  return granted.startsWith('*.') ? narrower.endsWith(granted.slice(1)) : granted === narrower;
}
