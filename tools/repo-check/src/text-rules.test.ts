import { describe, expect, it } from 'vitest';
import { maxLines, maxMedianLines, sizeProblems, textProblems } from './text-rules.ts';

const twice = (word: string): string => `${word} ${word}`;

describe('textProblems', () => {
  it('finds a doubled word across a line break', () => {
    const text = `Of ${twice('the').replace(' ', '\n')} log.\n`;
    expect(textProblems({ name: 'a.md', text })).toEqual([`a.md:1: says '${twice('the')}'`]);
  });

  it('finds a doubled word across two comment lines', () => {
    const text = `const a = 1;\n// reads ${twice('the').replace(' ', '\n// ')} log\n`;
    expect(textProblems({ name: 'a.ts', text })).toHaveLength(1);
  });

  it.each([
    ['a.md', 'It knew that that was so.'],
    ['a.md', '```\nlog log\n```'],
    ['a.md', 'Use `log log` here.'],
    ['a.ts', `export const text = 'log log';`],
    ['a.md', 'A GET /get of log-log logs.'],
  ])('accepts in %s: %s', (name, text) => {
    expect(textProblems({ name, text })).toEqual([]);
  });

  // Spelt in parts: the guard reads this file too.
  const places = [
    ['home', 'ann', 'src', 'a.ts'],
    ['Users', 'ann', 'src', 'a.ts'],
    ['root', 'a.ts'],
  ].map((parts) => ['', ...parts].join('/'));

  it.each(places)('finds the machine path in %s', (place) => {
    const text = `see ${place}`;
    expect(textProblems({ name: 'a.json', text })).toEqual(['a.json:1: contains a path of one machine']);
  });

  it('accepts a home folder in an example of the virtual file system', () => {
    expect(textProblems({ name: 'a.ts', text: `mount('/home/ann')` })).toEqual([]);
  });
});

describe('sizeProblems', () => {
  const file = (name: string, lines: number) => ({ name, text: 'x\n'.repeat(lines) });

  it('names a file beyond the last allowed line', () => {
    expect(sizeProblems([file('a.md', maxLines), file('b.md', maxLines + 1)])).toEqual([
      `b.md: has ${maxLines + 1} lines, ${maxLines} is the end`,
    ]);
  });

  it('rejects a median that has grown, tests not counted', () => {
    const files = [file('a.ts', 10), file('b.ts', maxMedianLines + 1), file('c.ts', 200)];
    expect(sizeProblems(files)).toHaveLength(1);
    expect(sizeProblems([...files, file('d.ts', 10)].slice(0, 2))).toHaveLength(1);
    expect(sizeProblems([...files, file('d.ts', 10), file('e.ts', 10)])).toEqual([]);
  });
});
