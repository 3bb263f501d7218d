import { describe, expect, it } from 'vitest';
import { COMMANDS } from './commands.ts';
import { nameOf } from './command-spec.ts';
import { GLOBAL_FLAGS } from './global-flags.ts';
import { NOUNS } from './nouns.ts';

describe('the registry', () => {
  it.each(COMMANDS.map((spec) => [nameOf(spec), spec] as const))(
    'describes %s, and brings its handler',
    async (name, spec) => {
      expect(spec.examples.length).toBeGreaterThan(0);
      for (const { line } of spec.examples) expect(line).toContain(`tksm ${name}`);
      expect(spec.summary).toMatch(/^[a-z].*[^.]$/);
      expect(await spec.load()).toBeTypeOf('function');
    },
  );

  it('names each command once, each noun, and no flag twice', () => {
    expect(new Set(COMMANDS.map(nameOf)).size).toBe(COMMANDS.length);
    for (const { path, flags = [] } of COMMANDS) {
      if (path.length === 2) expect(NOUNS).toHaveProperty(path[0]);
      const all = [...flags, ...Object.values(GLOBAL_FLAGS)];
      const names = all.flatMap((flag) =>
        ['short' in flag && flag.short !== undefined ? [flag.short] : [], flag.name].flat(),
      );
      expect(new Set(names).size).toBe(names.length);
    }
  });
});
