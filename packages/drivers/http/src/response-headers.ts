/** Headers of an answer, names in lower case. One that came more than once has its values joined by `, `, cookies by `\n`. */
export type ResponseHeaders = Readonly<Record<string, string>>;

/** As servers name their headers. What begins otherwise could be taken for something else where values are stored: `$bytes`. */
const NAME = /^[a-z0-9][a-z0-9_.-]*$/;

/** Those of an answer that can be told; others are left out. */
export function responseHeaders(raw: readonly string[]): ResponseHeaders {
  const headers = new Map<string, string>();
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = (raw[index] ?? '').toLowerCase();
    if (!NAME.test(name)) continue;
    const value = raw[index + 1] ?? '';
    const before = headers.get(name);
    const joint = name === 'set-cookie' ? '\n' : ', ';
    headers.set(name, before === undefined ? value : `${before}${joint}${value}`);
  }
  return Object.fromEntries(headers);
}
