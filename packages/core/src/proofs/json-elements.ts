const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];
/** Bytes up to this one are white space or controls: an array that was written by `JSON.stringify` has none outside strings. */
const SPACE = 0x20;

/**
 * The exact texts of the elements of a JSON array, which has no white space between its parts. Tells where they end and
 * no more: whether each of them is JSON is for a parser to say. Undefined when the array cannot be one.
 */
export function jsonElements(text: Uint8Array): Uint8Array[] | undefined {
  const end = text.length - 1;
  if (text[0] !== OPEN_LIST || text[end] !== CLOSE_LIST || end < 1) return undefined;
  const elements: Uint8Array[] = [];
  let [start, depth] = [1, 0];
  for (let at = 1; at < end; at++) {
    const byte = text[at] ?? 0;
    if (byte === QUOTE) at = endOfString(text, at);
    else if (byte === OPEN_OBJECT || byte === OPEN_LIST) depth += 1;
    else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) depth -= 1;
    else if (byte === COMMA && depth === 0) {
      if (at === start) return undefined;
      elements.push(text.subarray(start, at));
      start = at + 1;
    }
    if (byte <= SPACE || depth < 0 || at >= end) return undefined;
  }
  if (depth !== 0 || (start === end && elements.length > 0)) return undefined;
  if (start < end) elements.push(text.subarray(start, end));
  return elements;
}

/** Where the string that begins here ends: its closing quote, or the end of the text. */
function endOfString(text: Uint8Array, from: number): number {
  for (let at = from + 1; at < text.length; at++) {
    if (text[at] === BACKSLASH) at += 1;
    else if (text[at] === QUOTE) return at;
  }
  return text.length;
}
