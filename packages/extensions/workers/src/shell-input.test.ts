import { describe, expect, it } from 'vitest';
import { shellInput } from './shell-input.ts';

async function issues(input: unknown): Promise<string[]> {
  const result = await shellInput['~standard'].validate(input);
  return (result.issues ?? []).map(({ path = [], message }) => [...path, message].map(String).join(': '));
}

describe('shellInput', () => {
  it('takes a program with arguments, or a text for the shell', async () => {
    expect(await issues({ argv: ['ls', '-l'], env: { A: 'b', C: 'd' } })).toEqual([]);
    expect(await issues({ shell: 'ls | wc -l', stdin: new Uint8Array([1]) })).toEqual([]);
  });

  it.each([
    ['neither', {}],
    ['both', { argv: ['ls'], shell: 'ls' }],
    ['an empty argv', { argv: [] }],
    ['an empty program', { argv: [''] }],
    ['a NUL in an argument', { argv: ['ls', 'a\0b'] }],
    ['an odd variable name', { argv: ['ls'], env: { 'A=B': 'c' } }],
    ['a field that it does not know', { argv: ['ls'], shel: true }],
    ['more output than fits', { argv: ['ls'], maxOutputBytes: 1_000_000 }],
    ['a negative timeout', { argv: ['ls'], timeoutMs: -1 }],
    ['a plain string', 'ls'],
  ])('refuses %s', async (_what, input) => {
    expect(await issues(input)).not.toEqual([]);
  });

  it('says what stdin is', async () => {
    expect(await issues({ argv: ['cat'], stdin: { text: 'x' } })).toEqual(['stdin: is not a text or bytes']);
  });
});
