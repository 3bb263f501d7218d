/** Bounds of a resource: UTF-16 units of its text, and how deep it may be. */
const RESOURCE_LIMITS = Object.freeze({ maxLength: 1_024, maxSlashes: 64 });

/** In a pattern: any one segment. */
const ONE = '*';
/** In a pattern, as its last segment: what is named before it, and everything below. */
const ALL = '**';

/** ASCII without `\` and `%`: most resources have nothing else, and are looked at no further. */
const PLAIN = /^[ -$&-[\]-~]*$/;
/**
 * What nobody sees, what turns the direction of a text, what breaks its line, halves of characters, and characters that
 * are not assigned yet: a later Unicode may compose those, and a text that is normal now would not be then.
 */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Cn}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;
/** What others would decode to NUL, `.`, `/` or `\`. Nothing is decoded here, so it would be judged as another resource. */
const ENCODED = /%(?:00|2[ef]|5c)/i;
const DOTS = /(?:^|\/)\.\.?(?:\/|$)/;

/** Why a text is not the name of one resource; undefined when it is. It has no wildcards. */
export function resourceFault(text: string): string | undefined {
  return formFault(text) ?? (text.includes(ONE) ? 'has a *, which only a granted right may have' : undefined);
}

/** Why a text is not a pattern of resources; undefined when it is. */
export function patternFault(text: string): string | undefined {
  const fault = formFault(text);
  if (fault !== undefined) return fault;
  const segments = segmentsOf(text);
  const isStray = (segment: string, index: number): boolean =>
    segment.includes(ONE) && segment !== ONE && !(segment === ALL && index === segments.length - 1);
  return segments.some(isStray)
    ? 'has a * that is not a whole segment, or a ** that is not the last'
    : undefined;
}

/** The segments of a text without faults. Of one that begins with `/` the first is empty; `/` has no other. */
export function segmentsOf(text: string): readonly string[] {
  return text === '/' ? [''] : text.split('/');
}

/** Whether everything that the one pattern (or resource) stands for is among what the other stands for. */
export function coversSegments(wide: readonly string[], narrow: readonly string[]): boolean {
  for (let index = 0; index < wide.length; index++) {
    const segment = wide[index];
    if (segment === ALL) return true;
    const other = narrow[index];
    if (other === undefined || other === ALL) return false;
    // The empty segment is the beginning of all that begins with `/`, and nobody's name.
    if (segment === ONE ? other === '' : segment !== other) return false;
  }
  return wide.length === narrow.length;
}

/** Whether one resource is another, or below it. */
export function isWithin(resource: string, top: string): boolean {
  if (!resource.startsWith(top)) return false;
  return resource.length === top.length || top === '/' || resource[top.length] === '/';
}

function formFault(text: string): string | undefined {
  const { maxLength, maxSlashes } = RESOURCE_LIMITS;
  if (text === '') return 'is empty';
  if (text.length > maxLength) return `has more than ${maxLength} characters`;
  if (!PLAIN.test(text)) {
    const fault = characterFault(text);
    if (fault !== undefined) return fault;
  }
  if (text === '/') return undefined;
  if (text.endsWith('/') || text.includes('//')) return 'has an empty segment';
  if (DOTS.test(text)) return 'has a segment . or ..';
  return countSlashes(text) > maxSlashes ? `has more than ${maxSlashes} times a /` : undefined;
}

function characterFault(text: string): string | undefined {
  if (text.includes('\\')) return 'has a backslash';
  if (HIDDEN.test(text)) return 'has a character that is invisible, a control, or not assigned';
  if (ENCODED.test(text)) return 'has a dot or separator in percent-encoding';
  return text.normalize('NFC') === text ? undefined : 'is not in the normal form NFC of Unicode';
}

function countSlashes(text: string): number {
  let count = 0;
  for (let at = text.indexOf('/'); at !== -1; at = text.indexOf('/', at + 1)) count++;
  return count;
}
