import { describe, expect, it } from 'vitest';
import { wantsColors } from './style.ts';

const colors = (env: Record<string, string>, isTerminal = true, refused = false): boolean =>
  wantsColors({ isTerminal, refused, env });

describe('wantsColors', () => {
  it('follows the terminal, NO_COLOR, TERM, FORCE_COLOR and the flag, the last the strongest', () => {
    expect(colors({})).toBe(true);
    expect(colors({}, false)).toBe(false);
    expect(colors({ NO_COLOR: '1' })).toBe(false);
    expect(colors({ NO_COLOR: '' })).toBe(true);
    expect(colors({ TERM: 'dumb' })).toBe(false);
    expect(colors({ FORCE_COLOR: '1', NO_COLOR: '1' }, false)).toBe(true);
    expect(colors({ FORCE_COLOR: '0' })).toBe(false);
    expect(colors({ FORCE_COLOR: '1' }, true, true)).toBe(false);
  });
});
