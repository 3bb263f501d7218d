const RESERVED = new Set(['level', 'time', 'msg']);

/** A JSON line of the log as a line for people: time, level, message, then the fields. */
export function prettyLine(line: string): string {
  const fields = parsed(line);
  if (fields === undefined) return line;
  const time = new Date(Number(fields['time'])).toISOString().slice(11, 23);
  const level = String(fields['level']).toUpperCase().padEnd(5);
  const rest = Object.entries(fields)
    .filter(([key]) => !RESERVED.has(key))
    .map(
      ([key, value]) =>
        `${key}=${typeof value === 'string' && !/[\s="]/.test(value) ? value : JSON.stringify(value)}`,
    );
  return `${[time, level, printable(String(fields['msg'])), ...rest].join(' ')}\n`;
}

function parsed(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const fields: unknown = JSON.parse(line);
    return typeof fields === 'object' && fields !== null ? (fields as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** A message must not move the cursor or begin a line of its own. */
function printable(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, (control) => JSON.stringify(control).slice(1, -1));
}
