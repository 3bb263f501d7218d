/** Writes a text in a colour, or as it is. */
export type Paint = (text: string) => string;

export interface Style {
  readonly bold: Paint;
  readonly dim: Paint;
  readonly red: Paint;
  readonly green: Paint;
  readonly yellow: Paint;
  readonly blue: Paint;
  readonly magenta: Paint;
  readonly cyan: Paint;
}

const CODES: Readonly<Record<keyof Style, readonly [on: number, off: number]>> = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  blue: [34, 39],
  magenta: [35, 39],
  cyan: [36, 39],
};

export function styleOf(colors: boolean): Style {
  const paint =
    ([on, off]: readonly [number, number]): Paint =>
    (text) =>
      colors && text !== '' ? `\u001b[${on}m${text}\u001b[${off}m` : text;
  return Object.fromEntries(
    Object.entries(CODES).map(([name, codes]) => [name, paint(codes)]),
  ) as unknown as Style;
}

/** What decides about colours: the flag, then FORCE_COLOR, NO_COLOR and TERM, then whether it is a terminal. */
export interface ColorFacts {
  readonly isTerminal: boolean;
  readonly refused: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export function wantsColors({ isTerminal, refused, env }: ColorFacts): boolean {
  if (refused) return false;
  const force = env['FORCE_COLOR'];
  if (force !== undefined && force !== '') return force !== '0' && force !== 'false';
  if (env['NO_COLOR'] !== undefined && env['NO_COLOR'] !== '') return false;
  return isTerminal && env['TERM'] !== 'dumb';
}
