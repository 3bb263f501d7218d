import { describe, expect, it } from 'vitest';
import { textTable } from './text-table.ts';

describe('textTable', () => {
  it('begins words on the left and ends numbers on the right', () => {
    const table = textTable(['test', 'result'], [['process', '9 /s']], new Set(['test']));
    expect(table).toBe('test     result\nprocess    9 /s\n');
  });

  it('ends no line in spaces', () => {
    expect(textTable(['a', 'b'], [['longer', '']], new Set(['a', 'b']))).not.toMatch(/ $/m);
  });
});
