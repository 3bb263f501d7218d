// What each guard must find. All are planted in one workspace, so each lies in a file or package of its own.
import { packageFiles, type Files } from './fixture.ts';

export interface Violation {
  readonly guard: string;
  readonly files: Files;
  /** Texts that the guard's findings must contain. */
  readonly named: readonly string[];
}

// Spelt in parts: this repository's own text guard reads this file too.
const machinePath = ['', 'root', 'notes.txt'].join('/');
const registry = ['registry', 'npmjs', 'org'].join('.');
const doubled = Array(2).fill('the').join(' ');

function index(folder: string, text: string): Files {
  return { [`${folder}/src/index.ts`]: text };
}

const plain = 'export const plain = 1;\n';

export const violations: readonly Violation[] = [
  {
    guard: 'format',
    files: { 'packages/core/src/ugly.ts': 'export const  ugly = {a:1}\n' },
    named: ['packages/core/src/ugly.ts'],
  },
  {
    guard: 'types',
    files: {
      'packages/core/src/mistyped.ts': `export const count: number = 'one';\n`,
      'packages/core/src/mistyped.test.ts': `export const inTest: number = 'two';\n`,
      'packages/core/src/namespaced.ts': `export namespace Erased {\n  export const size = 1;\n}\n`,
    },
    named: [
      'mistyped.ts(1,14): error TS2322',
      'mistyped.test.ts(1,14): error TS2322',
      'namespaced.ts(1,18): error TS1294',
    ],
  },
  {
    guard: 'api',
    files: {
      ...packageFiles('packages/changing', { dependencies: ['@tksm/abstractions'] }),
      ...index(
        'packages/changing',
        `interface Hidden {\n  readonly a: 1;\n}\nexport const leak: Hidden = { a: 1 };\n`,
      ),
      'packages/core/src/greet.ts': `import type { Greeting } from '@tksm/abstractions';

export function greet(name: string, loud: boolean): Greeting {
  return { text: loud ? name.toUpperCase() : name };
}
`,
    },
    named: [
      'packages/changing: The symbol "Hidden" needs to be exported',
      'packages/changing/etc/changing.api.md is missing',
      'packages/core/etc/core.api.md is out of date',
      '+export function greet(name: string, loud: boolean): Greeting;',
    ],
  },
  {
    guard: 'unused',
    files: {
      ...packageFiles('packages/lazy', { dependencies: ['@tksm/abstractions'] }),
      ...index('packages/lazy', `export { used } from './used.ts';\n`),
      'packages/lazy/src/used.ts': 'export const used = 1;\nexport const spareExport = 2;\n',
      'packages/lazy/src/spare-file.ts': plain,
    },
    named: ['spareExport', 'packages/lazy/src/spare-file.ts', 'packages/lazy/package.json:'],
  },
  {
    guard: 'packages',
    files: {
      ...packageFiles('packages/unbuilt', {
        manifest: { exports: { '.': { types: './dist/none.d.ts', default: './dist/none.js' } } },
      }),
      ...index('packages/unbuilt', plain),
      ...packageFiles('packages/torn', { external: { zod: '4.6.7' } }),
      ...index('packages/torn', `export { torn } from './torn-part.js';\n`),
      'packages/torn/src/torn-part.d.ts': 'export declare const torn: number;\n',
      'packages/torn/dist/left.test.js': plain,
      ...packageFiles('packages/apart', { external: { zod: '4.6.6' } }),
      ...index('packages/apart', plain),
    },
    named: [
      '@tksm/unbuilt: pkg.exports["."].default is ./dist/none.js but the file does not exist',
      '@tksm/torn: types: {"kind":"InternalResolutionError"',
      '@tksm/torn: packs dist/left.test.js',
      'multiple-dependency-versions',
    ],
  },
  {
    guard: 'text',
    files: {
      'docs/notes.md': `Read ${doubled} file ${machinePath} from ${registry}.\n`,
      'docs/long.md': 'line\n'.repeat(401),
      'packages/core/src/commented.ts': `// It says ${doubled} word.\n${plain}`,
    },
    named: [
      `docs/notes.md:1: says 'the the'`.replace('the the', doubled),
      'docs/notes.md:1: contains a path of one machine',
      'docs/notes.md:1: contains a registry host',
      'docs/long.md: has 401 lines',
      'packages/core/src/commented.ts:1: says',
    ],
  },
  {
    guard: 'test',
    files: {
      'packages/core/src/failing.test.ts': `import { expect, it } from 'vitest';

it('fails as planted', () => {
  expect(1).toBe(2);
});
`,
    },
    named: ['fails as planted'],
  },
];
