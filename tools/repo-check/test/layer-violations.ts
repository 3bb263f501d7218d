// What the layers guard must find: one import for each direction that is closed, and one manifest for each shape rule.
import { packageFiles, type Files } from './fixture.ts';
import type { Violation } from './violations.ts';

function importing(folder: string, name: string): Files {
  return { [`${folder}/src/index.ts`]: `import { thing } from '${name}';\n\nexport const used = thing;\n` };
}

function leaf(folder: string): Files {
  return { ...packageFiles(folder), [`${folder}/src/index.ts`]: 'export const thing = 1;\n' };
}

function edge(from: string, to: string): Files {
  const name = to
    .replace('packages/', '@tksm/')
    .replace('drivers/', 'drivers-')
    .replace('samples/', '@tksm/sample-');
  return { ...packageFiles(from, { dependencies: [name] }), ...importing(from, name) };
}

const visible = {
  private: true,
  exports: { '.': { types: './dist/index.d.ts', default: './dist/index.js' } },
};

export const layerViolations: readonly Violation[] = [
  {
    guard: 'layers',
    files: {
      ...leaf('packages/drivers/memory'),
      ...leaf('packages/host-web'),
      ...packageFiles('samples/01-one', { manifest: visible }),
      'samples/01-one/src/index.ts': 'export const thing = 1;\n',
      ...edge('packages/hosting', 'packages/drivers/memory'),
      ...edge('packages/host-cli', 'packages/host-web'),
      ...edge('tools/weigh', 'packages/host-web'),
      ...edge('samples/02-two', 'samples/01-one'),
      'packages/hosting/src/by-path.ts': `export { thing } from '../../drivers/memory/src/index.ts';\n`,
    },
    named: [
      'direction-middle: packages/hosting/src/index.ts → packages/drivers/memory/',
      'direction-hosts: packages/host-cli/src/index.ts → packages/host-web/',
      'direction-upper: tools/weigh/src/index.ts → packages/host-web/',
      'direction-samples: samples/02-two/src/index.ts → samples/01-one/',
      'packages-meet-by-name: packages/hosting/src/by-path.ts → packages/drivers/memory/src/index.ts',
    ],
  },
  {
    guard: 'layers',
    files: {
      ...packageFiles('packages/abstractions', { devDependencies: ['@tksm/core'] }),
      'packages/abstractions/src/reading.ts': `import { readFileSync } from 'node:fs';\nimport { greet } from '@tksm/core';\n\nexport const read = [readFileSync, greet];\n`,
      ...packageFiles('packages/observability', { devDependencies: ['@tksm/drivers-memory'] }),
      'packages/observability/src/index.ts': `import { container } from 'tsyringe';
import { thing } from '@tksm/drivers-memory';
import { first } from './first.ts';
import { lost } from './nowhere.ts';
import { planted } from './probe.test.ts';

export const all = [container, thing, first, lost, planted];
`,
      'packages/observability/src/first.ts': `import { second } from './second.ts';\n\nexport const first: number = second;\n`,
      'packages/observability/src/second.ts': `import { first } from './first.ts';\n\nexport const second: number = first;\n`,
      'packages/observability/src/probe.test.ts': `import { it } from 'vitest';\nimport { thing } from '@tksm/drivers-memory';\n\nexport const planted = thing;\nit('uses the memory driver', () => undefined);\n`,
      'packages/observability/node_modules/tsyringe/package.json': `{ "name": "tsyringe", "version": "1.0.0", "main": "index.js", "types": "index.d.ts" }`,
      'packages/observability/node_modules/tsyringe/index.js': 'exports.container = 1;\n',
      'packages/observability/node_modules/tsyringe/index.d.ts': 'export declare const container: number;\n',
    },
    named: [
      'abstractions-have-no-dependency: packages/abstractions/src/reading.ts → fs',
      'direction-abstractions: packages/abstractions/src/reading.ts → packages/core/',
      'containers-stay-in-hosting: packages/observability/src/index.ts → ',
      'sources-import-declared-dependencies: packages/observability/src/index.ts → ',
      'packages/observability/src/index.ts: imports @tksm/drivers-memory, which is not in its dependencies',
      'sources-do-not-import-tests: packages/observability/src/index.ts → packages/observability/src/probe.test.ts',
      'no-circular: packages/observability/src/first.ts',
      'resolvable: packages/observability/src/index.ts → ./nowhere.ts',
    ],
  },
  {
    guard: 'layers',
    files: {
      ...packageFiles('packages/misfit', {
        external: { '@tksm/tool-weigh': '0.1.0' },
        manifest: {
          name: '@tksm/other',
          license: 'MIT',
          exports: {
            '.': { types: './dist/index.d.ts', default: './dist/index.js' },
            './internal': './dist/internal.js',
          },
        },
      }),
      'packages/misfit/src/index.ts': 'export const thing = 1;\n',
    },
    named: [
      'packages/misfit/package.json: name must be @tksm/misfit',
      'packages/misfit/package.json: license must be Apache-2.0',
      `packages/misfit/package.json: exports './internal'`,
      'packages/misfit/package.json: must take @tksm/tool-weigh as workspace:*',
      'packages/misfit/package.json: is published and cannot depend on private @tksm/tool-weigh',
    ],
  },
];

/** Written after the references were derived, so that they are wrong. */
export const staleReferences: Files = {
  'tsconfig.json': JSON.stringify({ files: [], references: [{ path: 'packages/abstractions' }] }),
};
export const staleReferencesNamed = 'tsconfig.json: references [packages/abstractions], expected [';

/** A test may use the memory driver. */
export const layersAllow = ['packages/observability/src/probe.test.ts → packages/drivers/memory'];
