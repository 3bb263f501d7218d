import type { Source } from './source.ts';

/** What `${…}` stands for. */
export type Reference =
  | { readonly to: 'input'; readonly name: string }
  | { readonly to: 'output'; readonly job: string; readonly path: readonly string[] }
  | { readonly to: 'id'; readonly job: string }
  | { readonly to: 'item'; readonly path: readonly string[] };

/** A text taken apart: one reference that is all of it, or characters with references between them. */
export type Expression =
  | { readonly is: 'whole'; readonly reference: Reference }
  | { readonly is: 'parts'; readonly parts: readonly (string | Reference)[] };

const NAME = /^[A-Za-z_][A-Za-z0-9_-]*$/;
const OPENING = '${';
/** Stands for the characters `${`. */
const ESCAPED = '$${';

/** Whether a text is nothing but its characters. */
export function isPlain(text: string): boolean {
  return !text.includes(OPENING);
}

/** @throws KernelError `InvalidInput` for what is no expression */
export function parseExpression(text: string, source: Source, line: number): Expression {
  const parts: (string | Reference)[] = [];
  let characters = '';
  let at = 0;
  while (at < text.length) {
    if (text.startsWith(ESCAPED, at)) {
      characters += OPENING;
      at += ESCAPED.length;
    } else if (text.startsWith(OPENING, at)) {
      const end = text.indexOf('}', at);
      if (end === -1) throw source.problem(line, `'${text}' has no } after its \${`);
      if (characters !== '') parts.push(characters);
      characters = '';
      parts.push(parseReference(text.slice(at + OPENING.length, end).trim(), source, line));
      at = end + 1;
    } else {
      characters += text.charAt(at++);
    }
  }
  const [first] = parts;
  if (parts.length === 1 && characters === '' && typeof first === 'object')
    return { is: 'whole', reference: first };
  return { is: 'parts', parts: characters === '' ? parts : [...parts, characters] };
}

function parseReference(text: string, source: Source, line: number): Reference {
  const [root, ...rest] = text.split('.');
  const [name, what, ...path] = rest;
  if (root === 'inputs' && rest.length === 1 && name !== undefined && NAME.test(name))
    return { to: 'input', name };
  if (root === 'item' && rest.every((key) => key !== '')) return { to: 'item', path: rest };
  if (root === 'jobs' && name !== undefined && NAME.test(name)) {
    if (what === 'id' && path.length === 0) return { to: 'id', job: name };
    if (what === 'output' && path.every((key) => key !== '')) return { to: 'output', job: name, path };
  }
  const forms = 'inputs.NAME, jobs.NAME.output.KEY, jobs.NAME.id, item.KEY';
  throw source.problem(line, `\${${text}} is no expression; there are ${forms}`);
}

/** How a reference is written. */
export function referenceText(reference: Reference): string {
  switch (reference.to) {
    case 'input':
      return `\${inputs.${reference.name}}`;
    case 'id':
      return `\${jobs.${reference.job}.id}`;
    case 'output':
      return `\${${['jobs', reference.job, 'output', ...reference.path].join('.')}}`;
    case 'item':
      return `\${${['item', ...reference.path].join('.')}}`;
  }
}
