import { VALUE_TAGS } from '@tksm/abstractions';
import type { Value } from '@tksm/abstractions';
import { isPlain, parseExpression, referenceText } from './expression.ts';
import type { Expression, Reference } from './expression.ts';
import { TEMPLATE_TAGS } from './fill-template.ts';
import type { Located } from './located.ts';
import { realPath } from './real-path.ts';
import { Source } from './source.ts';

/** Turns values of the file into inputs of jobs: inputs put in, the rest as references that the kernel resolves. */
export class Binder {
  readonly #source: Source;
  readonly #folder: string;
  readonly #inputs: ReadonlyMap<string, Value>;

  constructor(file: string, folder: string, inputs: ReadonlyMap<string, Value>) {
    this.#source = new Source(file);
    this.#folder = folder;
    this.#inputs = inputs;
  }

  /** @throws KernelError `InvalidInput` for an input that cannot be part of a text; `FileUnreadable` */
  bind(value: Located): Value {
    return this.#bind(value, ({ job, path }) => ({ [VALUE_TAGS.output]: { job, path: [...path] } }));
  }

  /** As `bind`, with each output moved out of the template: data can then not be taken for a part of it. */
  template(value: Located): { readonly template: Value; readonly bound: readonly Value[] } {
    const bound: Value[] = [];
    const template = this.#bind(value, ({ job, path }) => {
      bound.push({ [VALUE_TAGS.output]: { job, path: [...path] } });
      return { [TEMPLATE_TAGS.bound]: bound.length - 1 };
    });
    return { template, bound };
  }

  #bind(value: Located, output: (reference: Reference & { to: 'output' }) => Value): Value {
    switch (value.is) {
      case 'list':
        return value.items.map((item) => this.#bind(item, output));
      case 'map':
        return Object.fromEntries([...value.entries].map(([key, item]) => [key, this.#bind(item, output)]));
      case 'path': {
        const text = this.#text(value.text, value.line, output);
        return typeof text === 'string' ? realPath(text, this.#folder) : text;
      }
      case 'scalar':
        return typeof value.value === 'string' ? this.#text(value.value, value.line, output) : value.value;
    }
  }

  #text(text: string, line: number, output: (reference: Reference & { to: 'output' }) => Value): Value {
    if (isPlain(text)) return text;
    const expression = parseExpression(text, this.#source, line);
    return expression.is === 'parts'
      ? this.#joined(expression, line)
      : this.#whole(expression.reference, output);
  }

  #whole(reference: Reference, output: (reference: Reference & { to: 'output' }) => Value): Value {
    switch (reference.to) {
      case 'input':
        return this.#inputs.get(reference.name) ?? null;
      case 'id':
        return { [VALUE_TAGS.job]: reference.job };
      case 'item':
        return { [TEMPLATE_TAGS.item]: [...reference.path] };
      case 'output':
        return output(reference);
    }
  }

  #joined({ parts }: Expression & { is: 'parts' }, line: number): string {
    return parts
      .map((part) => {
        if (typeof part === 'string') return part;
        const value = this.#whole(part, () => null);
        if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
          return String(value);
        const what = value === null ? 'was not given' : 'is not text';
        throw this.#source.problem(line, `${referenceText(part)} is part of a text, and ${what}`);
      })
      .join('');
  }
}
