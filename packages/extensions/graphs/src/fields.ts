import { didYouMean } from './nearest-word.ts';
import type { Located, LocatedMap } from './located.ts';
import type { Source } from './source.ts';

/** A map of the file, read field by field. Refuses, from the start, fields that it does not have. */
export class Fields {
  readonly line: number;
  readonly #map: LocatedMap;
  readonly #source: Source;
  readonly #what: string;

  /** @throws KernelError `InvalidInput` */
  constructor(value: Located, what: string, known: readonly string[], source: Source) {
    this.#map = mapOf(value, what, source);
    this.#source = source;
    this.#what = what;
    this.line = value.line;
    for (const [name, { line }] of this.#map.entries) {
      if (known.includes(name)) continue;
      throw source.problem(line, `${what} has no field ${name}${didYouMean(name, known)}`);
    }
  }

  get(name: string): Located | undefined {
    return this.#map.entries.get(name);
  }

  text(name: string): string | undefined {
    return this.#scalar(name, 'a text', (value) =>
      typeof value === 'string' && value !== '' ? value : undefined,
    );
  }

  requiredText(name: string): string {
    const text = this.text(name);
    if (text === undefined) throw this.#source.problem(this.line, `${this.#what} needs the field ${name}`);
    return text;
  }

  flag(name: string): boolean | undefined {
    return this.#scalar(name, 'true or false', (value) => (typeof value === 'boolean' ? value : undefined));
  }

  /** A list of texts. */
  texts(name: string): readonly { readonly text: string; readonly line: number }[] {
    const value = this.get(name);
    if (value === undefined) return [];
    if (value.is !== 'list') throw this.#source.problem(value.line, `${name} is a list`);
    return value.items.map((item) => {
      if (item.is === 'scalar' && typeof item.value === 'string')
        return { text: item.value, line: item.line };
      throw this.#source.problem(item.line, `${name} is a list of texts`);
    });
  }

  #scalar<T>(name: string, what: string, accept: (value: unknown) => T | undefined): T | undefined {
    const value = this.get(name);
    if (value === undefined) return undefined;
    const accepted = value.is === 'scalar' ? accept(value.value) : undefined;
    if (accepted === undefined) throw this.#source.problem(value.line, `${name} is ${what}`);
    return accepted;
  }
}

/** @throws KernelError `InvalidInput` */
export function mapOf(value: Located, what: string, source: Source): LocatedMap {
  if (value.is !== 'map') throw source.problem(value.line, `${what} is a map of fields`);
  return value;
}
