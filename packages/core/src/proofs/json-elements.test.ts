import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonElements } from './json-elements.ts';

const split = (text: string): string[] | undefined =>
  jsonElements(Buffer.from(text))?.map((bytes) => Buffer.from(bytes).toString());

/** What is in strings and around them: quotes, backslashes, brackets, commas, other planes. */
const difficult = fc.string({
  unit: fc.oneof(
    fc.constantFrom('"', '\\', ',', '[', ']', '{', '}', '\n', ' ', '\u0000'),
    fc.string({ maxLength: 2, unit: 'grapheme' }),
  ),
});
const value = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(null, true, false, -0, 1e21, 1.5),
    difficult,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(difficult, tie('value'), { maxKeys: 4 }),
  ),
})).value;

describe('the elements of an array', { timeout: 60_000 }, () => {
  it('are the texts that JSON.stringify gives for each, and together the whole text', () => {
    fc.assert(
      fc.property(fc.array(value, { maxLength: 6 }), (elements) => {
        const text = JSON.stringify(elements);
        const parts = split(text);
        expect(parts).toEqual(elements.map((element) => JSON.stringify(element)));
        expect(`[${parts?.join(',') ?? ''}]`).toBe(text);
      }),
    );
  });

  it('are those that a parser finds, whatever happened to the text, or none', () => {
    fc.assert(
      fc.property(fc.array(value, { maxLength: 4 }), fc.nat(), fc.nat(255), (elements, some, byte) => {
        const bytes = Buffer.from(JSON.stringify(elements));
        bytes[some % bytes.length] = byte;
        const found = parsed(bytes.toString());
        const parts = split(bytes.toString());
        // A text that is not JSON is for the parser to refuse; of one that is, white space alone is refused here.
        if (Array.isArray(found) && parts !== undefined) expect(parts.map(parsed)).toEqual(found);
        if (Array.isArray(found) && parts === undefined) expect(bytes.toString()).toMatch(/[\t\n\r ]/);
      }),
    );
  });

  it.each([
    '',
    '[',
    ']',
    '{}',
    '[1',
    '1]',
    '[,]',
    '[1,]',
    '[,1]',
    '[1, 2]',
    '[1] ',
    '["a]',
    '["\\"]',
    '[{]',
    '[}{]',
    '[]]',
  ])('are not found in %s', (text) => {
    expect(split(text)).toBeUndefined();
  });

  it('are none in an empty array', () => {
    expect(split('[]')).toEqual([]);
  });
});

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
