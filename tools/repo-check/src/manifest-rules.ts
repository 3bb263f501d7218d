import type { Manifest, WorkspacePackage } from './repo.ts';

const subpaths = new Map([
  ['.', 'index'],
  ['./composition', 'composition'],
]);

/** The name a package must have in its folder: the folder decides, so that neither can drift. */
export function expectedName(folder: string): string {
  const [group = '', ...rest] = folder.split('/');
  if (group === 'tools') return `@tksm/tool-${rest.join('-')}`;
  if (group === 'samples') return `@tksm/sample-${rest.join('-')}`;
  return `@tksm/${rest.join('-')}`;
}

function exportProblems(manifest: Manifest): string[] {
  const exported = (manifest.exports ?? {}) as Record<string, unknown>;
  const problems = Object.entries(exported).map(([subpath, target]) => {
    const file = subpaths.get(subpath);
    if (file === undefined) return `exports '${subpath}', only '.' and './composition' may be`;
    const expected = JSON.stringify({ types: `./dist/${file}.d.ts`, default: `./dist/${file}.js` });
    return JSON.stringify(target) === expected ? undefined : `exports '${subpath}' must be ${expected}`;
  });
  if (!manifest.private && !('.' in exported)) problems.push(`must export '.'`);
  return problems.filter((problem) => problem !== undefined);
}

function fieldProblems({ folder, manifest }: WorkspacePackage): string[] {
  const name = expectedName(folder);
  const mustBePrivate = !folder.startsWith('packages/');
  const everywhere: [boolean, string][] = [
    [manifest.name === name, `name must be ${name}`],
    [manifest.type === 'module', `type must be module`],
    [manifest.license === 'Apache-2.0', `license must be Apache-2.0`],
    [manifest.engines?.['node'] === '>=24', `engines.node must be >=24`],
    [!mustBePrivate || manifest.private === true, `must be private`],
  ];
  const published: [boolean, string][] = [
    [manifest.files?.[0] === 'dist', `files must start with dist`],
    [manifest.sideEffects === false, `sideEffects must be false`],
    [manifest.publishConfig?.['access'] === 'public', `publishConfig.access must be public`],
    [manifest.repository?.directory === folder, `repository.directory must be ${folder}`],
  ];
  const rules = manifest.private ? everywhere : [...everywhere, ...published];
  return rules.filter(([holds]) => !holds).map(([, problem]) => problem);
}

function dependencyProblems(manifest: Manifest, byName: ReadonlyMap<string, Manifest>): string[] {
  const run = { ...manifest.dependencies, ...manifest.peerDependencies };
  const all = { ...run, ...manifest.devDependencies };
  const loose = Object.entries(all)
    .filter(([name, range]) => byName.has(name) && range !== 'workspace:*')
    .map(([name]) => `must take ${name} as workspace:*`);
  const unpublished = Object.keys(run)
    .filter((name) => !manifest.private && byName.get(name)?.private === true)
    .map((name) => `is published and cannot depend on private ${name}`);
  return [...loose, ...unpublished];
}

/** One line for every package.json that departs from the shape all packages share. */
export function manifestProblems(packages: readonly WorkspacePackage[]): string[] {
  const byName = new Map(packages.map(({ manifest }) => [manifest.name, manifest]));
  return packages.flatMap((found) =>
    [
      ...fieldProblems(found),
      ...exportProblems(found.manifest),
      ...dependencyProblems(found.manifest, byName),
    ].map((problem) => `${found.folder}/package.json: ${problem}`),
  );
}
