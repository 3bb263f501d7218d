/** An encoded character of an encoding that is undone by hand: how often the `%` itself was encoded does not matter. */
const ENCODED_AGAIN = /%(?:25)+(?=[0-9a-f]{2}|u[0-9a-f]{4})/gi;
/** An encoded dot, slash or backslash. */
const ENCODED_SEPARATOR = /%(?:2e|2f|5c)/i;
/** A slash or backslash to those who map Unicode to the nearest letter of a code page, as Windows does. */
const NEAR_SEPARATOR = /[\u2044\u2215\u2216]/u;
/** Nothing or dots, and blanks and what is not seen among them, up to the parameters of a segment (RFC 3986, 3.3). */
const DOTS = /^[.\s\p{C}]*(?:;|$)/su;

/**
 * Says why the path of a URL could be another one to a server than it is here, or nothing: `..` resolved by a server alone
 * leads out of the path that was allowed. Servers differ in what they do before they resolve: some leave out what stands
 * after a `;`, cut off blanks and controls, decode twice, read `%u002e`, over-long UTF-8 or letters that look alike.
 *
 * Source: RFC 3986, section 3.3; RFC 3629, section 3; CWE-22 and its variants; Unicode TR 36, section 3.
 */
export function pathFault(pathname: string): string | undefined {
  const encoded = pathname.replace(ENCODED_AGAIN, '%');
  if (ENCODED_SEPARATOR.test(encoded)) return 'has an encoded dot or separator';
  const path = decodedPath(encoded);
  if (path === undefined) return 'has an encoding that is not UTF-8';
  if (/\p{Cc}/u.test(path)) return 'has an encoded control character';
  const folded = path.normalize('NFKC');
  const isSplit = folded.includes('\\') || folded.split('/').length > path.split('/').length;
  if (isSplit || NEAR_SEPARATOR.test(path)) return 'has a letter that looks like a separator';
  const segments = folded.replace(/^\/|\/$/g, '').split('/');
  const isOdd = folded !== '/' && segments.some((segment) => DOTS.test(segment));
  return isOdd ? 'has a segment of nothing but dots, blanks or parameters' : undefined;
}

/** Undefined for what is no UTF-8 in percent-encoding: over-long forms, a `%` alone, `%u002e`. */
function decodedPath(encoded: string): string | undefined {
  try {
    return decodeURIComponent(encoded);
  } catch {
    return undefined;
  }
}
