// What the lint guard must find: each rule of the house, by its name or message.
import { packageFiles } from './fixture.ts';
import type { Violation } from './violations.ts';

const ambientUses = `import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

export const used = [
  Date.now(),
  new Date(),
  Math.random(),
  performance.now(),
  crypto.getRandomValues(new Uint8Array(1)),
  randomUUID(),
  pause(1),
  setTimeout(() => undefined, 1),
  setInterval(() => undefined, 1),
  setImmediate(() => undefined),
  globalThis.setTimeout(() => undefined, 1),
];
`;

const looseTypes = `enum Colour {
  red = 1,
}

interface IThing {
  readonly colour: Colour;
}

async function work(): Promise<void> {
  await Promise.resolve();
}

export function loose(things: IThing[], kind: 'a' | 'b', anything: any): number {
  work();
  things.forEach(work);
  // @ts-ignore
  const first: number = things[0]!.colour;
  switch (kind) {
    case 'a':
      return first;
  }
  // eslint-disable-next-line eqeqeq
  return anything == 1 ? 1 : 2;
}

export default loose;
`;

const longFunction = `export function long(): number {
  let sum = 0;
${'  sum += 1;\n'.repeat(70)}  return sum;
}
`;

const system = 'packages/drivers/system';

export const lintViolations: readonly Violation[] = [
  {
    guard: 'lint',
    files: { 'packages/core/src/ambient.ts': ambientUses },
    named: [
      `'node:timers/promises' import is restricted`,
      `'randomUUID' import from 'node:crypto' is restricted`,
      `'Date.now' is restricted`,
      'new Date() is ambient',
      `'Math.random' is restricted`,
      `'globalThis.setTimeout' is restricted`,
      ...['performance', 'crypto', 'setTimeout', 'setInterval', 'setImmediate'].map(
        (name) => `Unexpected use of '${name}'`,
      ),
      `Node's randomness is ambient`,
    ],
  },
  {
    guard: 'lint',
    files: { 'packages/core/src/loose.ts': looseTypes },
    named: [
      'Use a const object and a union instead of enum',
      'Interface name `IThing` must not match',
      '@typescript-eslint/no-explicit-any',
      '@typescript-eslint/no-floating-promises',
      '@typescript-eslint/no-misused-promises',
      '@typescript-eslint/ban-ts-comment',
      '@typescript-eslint/no-non-null-assertion',
      '@typescript-eslint/switch-exhaustiveness-check',
      'house/reasoned-disable',
      'Use named exports',
    ],
  },
  {
    guard: 'lint',
    files: {
      'packages/core/src/re-exporting.ts': `export { greet } from './greet.ts';\nexport * from './greet.ts';\n`,
      'packages/core/src/long-file.ts': 'export {};\n'.repeat(401),
      'packages/core/src/long-function.ts': longFunction,
      'packages/core/src/camelName.ts': 'export const camel = 1;\n',
      'packages/core/src/string-utils.ts': 'export const empty = 1;\n',
    },
    named: [
      'Only index.ts and composition.ts re-export',
      'no `export *`',
      'File has too many lines (401)',
      'has too many lines (74)',
      `'camelName.ts' is not kebab-case`,
      `'utils' says nothing`,
    ],
  },
  {
    guard: 'lint',
    files: {
      ...packageFiles(system),
      [`${system}/src/index.ts`]: `export { now } from './system-clock.ts';\n`,
      [`${system}/src/system-clock.ts`]: `export const now = (): number => Date.now();\n`,
    },
    named: [],
  },
];

/** Where the clock enters the system is allowed to read it. */
export const lintAllows = [`${system}/src/system-clock.ts`];
