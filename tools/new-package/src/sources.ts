import type { Placement } from './level.ts';

function wordsOf(name: string): string[] {
  return name.split('-').filter((word) => !/^\d+$/.test(word));
}

function capitalized(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

function pascalOf(name: string): string {
  return wordsOf(name).map(capitalized).join('');
}

function readme({ packageName }: Placement, run: string, example: string): string {
  return `# ${packageName}

Say in one line what this is for, and in three what it promises.

${run}

\`\`\`ts
${example}
\`\`\`
`;
}

/** A contract, its implementation, a test beside it, and the composition that registers it. */
export function publicFiles(placement: Placement): [string, string][] {
  const { name, packageName } = placement;
  const type = pascalOf(name);
  const constant = wordsOf(name).join('_').toUpperCase();
  const file = `./${name}.ts`;
  const example = `import { create${type} } from '${packageName}';\n\nconsole.log(create${type}().name);`;
  return [
    ['README.md', readme(placement, `\`pnpm add ${packageName}\``, example)],
    ['src/index.ts', `export { create${type}, ${constant}, type ${type} } from '${file}';\n`],
    [
      `src/${name}.ts`,
      `import { token } from '@tksm/abstractions';

/** What this package offers. */
export interface ${type} { readonly name: string }

export const ${constant} = token<${type}>('${name}.${name}');

/** Makes one; it holds no resources. */
export function create${type}(): ${type} { return { name: '${name}' }; }
`,
    ],
    [
      `src/${name}.test.ts`,
      `import { describe, expect, it } from 'vitest';
import { create${type} } from '${file}';

describe('create${type}', () => {
  it('names what it makes', () => { expect(create${type}().name).toBe('${name}'); });
});
`,
    ],
    [
      'src/composition.ts',
      `import type { Registrar } from '@tksm/abstractions';
import { create${type}, ${constant} } from '${file}';

/** Registers what this package offers. */
export function compose${type}(registrar: Registrar): void { registrar.singleton(${constant}, () => create${type}()); }
`,
    ],
  ];
}

/** A program: `main.ts` reads the command line, the rest is functions beside it. */
export function mainFiles(placement: Placement): [string, string][] {
  const { name, folder } = placement;
  const call = `describe${pascalOf(name)}`;
  return [
    [
      'README.md',
      readme(placement, 'A program of this repository, not published.', `// node ${folder}/src/main.ts`),
    ],
    [
      'src/main.ts',
      `import { ${call} } from './${name}.ts';

console.log(${call}(process.argv.slice(2)));
`,
    ],
    [
      `src/${name}.ts`,
      `/** Replace with what the program does. */
export function ${call}(args: readonly string[]): string { return ['${name}', ...args].join(' '); }
`,
    ],
    [
      `src/${name}.test.ts`,
      `import { describe, expect, it } from 'vitest';
import { ${call} } from './${name}.ts';

describe('${call}', () => {
  it('repeats its arguments', () => { expect(${call}(['a', 'b'])).toBe('${name} a b'); });
});
`,
    ],
  ];
}

/** A demo that runs by itself, and the test that runs it. */
export function demoFiles(placement: Placement): [string, string][] {
  const { name, folder } = placement;
  return [
    [
      'README.md',
      readme(placement, `Run it: \`pnpm build && node ${folder}/demo.ts\``, `// what to look at in demo.ts`),
    ],
    ['demo.ts', `console.log('${name}: done');\n`],
    [
      'test/demo.e2e.test.ts',
      `import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const demo = path.resolve(import.meta.dirname, '../demo.ts');

describe('${name}', () => {
  it('runs to its end', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [demo]);
    expect(stdout).toContain('${name}: done');
  });
});
`,
    ],
  ];
}
