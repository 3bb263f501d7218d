import { VALUE_TAGS } from '@tksm/abstractions';
import { isPlain, parseExpression, referenceText } from './expression.ts';
import type { Reference } from './expression.ts';
import { TEMPLATE_TAGS } from './fill-template.ts';
import { valuesIn } from './located.ts';
import type { Located } from './located.ts';
import type { Source } from './source.ts';

/** Keys by which compiled jobs say what expressions mean; a file says it by expressions. */
const RESERVED: readonly string[] = [
  VALUE_TAGS.output,
  VALUE_TAGS.job,
  TEMPLATE_TAGS.item,
  TEMPLATE_TAGS.bound,
];

/**
 * Every reference inside a value.
 *
 * @throws KernelError `InvalidInput` for a bad expression, an output or an item inside a longer text, or a reserved key
 */
export function* referencesIn(
  value: Located,
  source: Source,
): Generator<{ readonly reference: Reference; readonly line: number }, void> {
  for (const part of valuesIn(value)) {
    if (part.is === 'map') {
      const reserved = RESERVED.find((key) => part.entries.has(key));
      if (reserved !== undefined)
        throw source.problem(part.line, `${reserved} is a reserved key; write an expression`);
    }
    const text = textOf(part);
    if (text === undefined || isPlain(text)) continue;
    const expression = parseExpression(text, source, part.line);
    if (expression.is === 'whole') {
      if (part.is === 'path' && expression.reference.to !== 'input')
        throw insideText(expression.reference, part.line);
      yield { reference: expression.reference, line: part.line };
      continue;
    }
    for (const reference of expression.parts) {
      if (typeof reference === 'string') continue;
      if (reference.to !== 'input') throw insideText(reference, part.line);
      yield { reference, line: part.line };
    }
  }

  function insideText(reference: Reference, line: number): Error {
    const what = referenceText(reference);
    return source.problem(
      line,
      `${what} is known at run time only, so it has to be the whole text; inputs may be part of one`,
    );
  }
}

function textOf(value: Located): string | undefined {
  if (value.is === 'path') return value.text;
  return value.is === 'scalar' && typeof value.value === 'string' ? value.value : undefined;
}
