import type { ScanOptions } from '@tksm/abstractions';
import { describe, expect, it } from 'vitest';
import { HARD_KEYS } from './fixture.ts';
import type { WithWorld } from './fixture.ts';

export function scanTests(withWorld: WithWorld): void {
  describe('scan', () => {
    it(
      'orders keys by UTF-16 code units',
      withWorld((world) => {
        world.apply({ puts: HARD_KEYS.map((key) => [key, 0]) }, 0);
        expect([...world.scan()].map(([key]) => key)).toEqual([...HARD_KEYS].sort());
      }),
    );
    it(
      'agrees with a filter for every prefix, start and limit',
      withWorld((world, model) => {
        const rewrite = { puts: HARD_KEYS.map((key, index) => [key, index] as const) };
        world.apply(rewrite, 0);
        model.apply(rewrite, 0);
        const starts = [undefined, ...HARD_KEYS, 'a/zz', 'zz'];
        for (const prefix of [undefined, ...HARD_KEYS, 'no such']) {
          for (const after of starts) {
            for (const limit of [undefined, 0, 1, 3, 1000]) {
              const options = given({ prefix, after, limit });
              expect([...world.scan(options)], JSON.stringify(options)).toEqual(model.scan(options));
            }
          }
        }
      }),
    );
    it(
      'can be left early',
      withWorld((world) => {
        world.apply({ puts: HARD_KEYS.map((key) => [key, 0]) }, 0);
        const seen: string[] = [];
        for (const [key] of world.scan({ prefix: 'a' })) {
          seen.push(key);
          if (seen.length === 2) break;
        }
        expect(seen).toEqual(['a', 'a/']);
      }),
    );
    it(
      'pages through everything once',
      withWorld((world) => {
        world.apply({ puts: Array.from({ length: 257 }, (_, index) => [`key ${index}`, index]) }, 0);
        const seen: string[] = [];
        for (let after: string | undefined; ; after = seen.at(-1)) {
          const page = [...world.scan(given({ prefix: 'key', after, limit: 16 }))];
          // One that repeats itself would never end.
          if (page.length === 0 || seen.length > 257) break;
          seen.push(...page.map(([key]) => key));
        }
        expect(seen).toEqual(Array.from({ length: 257 }, (_, index) => `key ${index}`).sort());
      }),
    );
  });
}

type Partly<T> = { readonly [Key in keyof T]: T[Key] | undefined };

/** Leaves out what is undefined, as exact optional properties ask. */
function given({ prefix, after, limit }: Partly<ScanOptions>): ScanOptions {
  return {
    ...(prefix === undefined ? {} : { prefix }),
    ...(after === undefined ? {} : { after }),
    ...(limit === undefined ? {} : { limit }),
  };
}
