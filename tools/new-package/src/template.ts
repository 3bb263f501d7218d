import type { Placement } from './level.ts';
import { demoFiles, mainFiles, publicFiles } from './sources.ts';

/** Relative path to content; not yet formatted. */
export type Files = ReadonlyMap<string, string>;

const title = 'Say in one line what this is for';

// Prettier keeps an object expanded when its first key stands on a new line: only the outermost shall.
function jsonOf(value: object): string {
  const entries = Object.entries(value).map(
    ([key, part]) => `${JSON.stringify(key)}: ${JSON.stringify(part)}`,
  );
  return `{\n${entries.join(',\n')}\n}`;
}

function manifestOf({ packageName, folder, isPublic }: Placement): string {
  const head = {
    name: packageName,
    version: '0.1.0',
    ...(isPublic ? {} : { private: true }),
    description: title,
    license: 'Apache-2.0',
  };
  const repository = { type: 'git', url: 'git+https://github.com/tksm/tksm.git', directory: folder };
  const published = {
    repository,
    type: 'module',
    engines: { node: '>=24' },
    sideEffects: false,
    exports: {
      '.': { types: './dist/index.d.ts', default: './dist/index.js' },
      './composition': { types: './dist/composition.d.ts', default: './dist/composition.js' },
    },
    files: ['dist'],
    publishConfig: { access: 'public' },
    scripts: { build: 'tsc -b' },
    dependencies: { '@tksm/abstractions': 'workspace:*' },
  };
  const internal = { type: 'module', engines: { node: '>=24' }, scripts: { build: 'tsc -b' } };
  return jsonOf({ ...head, ...(isPublic ? published : internal) });
}

function tsconfigOf({ folder, level }: Placement): string {
  const up = '../'.repeat(folder.split('/').length);
  const isSample = level === 'sample';
  return jsonOf({
    extends: `${up}tsconfig.base.json`,
    compilerOptions: { rootDir: isSample ? '.' : 'src', outDir: 'dist' },
    include: isSample ? ['demo.ts', 'src'] : ['src'],
    exclude: ['src/**/*.test.ts'],

    references: [],
  });
}

function sourcesOf(placement: Placement): [string, string][] {
  switch (placement.level) {
    case 'sample':
      return demoFiles(placement);
    case 'tool':
      return mainFiles(placement);
    case 'package':
    case 'driver':
    case 'extension':
      return publicFiles(placement);
  }
}

/** Every file of a new package. */
export function filesOf(placement: Placement): Files {
  return new Map([
    ['package.json', manifestOf(placement)],
    ['tsconfig.json', tsconfigOf(placement)],
    ...sourcesOf(placement),
  ]);
}
