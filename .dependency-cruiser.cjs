// The direction of imports:
// abstractions <- core, observability, extensibility, hosting, drivers, extensions, conformance
//              <- testing, kernel-tests, tools <- hosts <- samples.
// Packages of one level meet through tokens, never by import.

const abstractions = 'packages/abstractions/';
const middle =
  'packages/(?:core|observability|extensibility|hosting|conformance|drivers/[^/]+|extensions/[^/]+)/';
const upper = '(?:packages/(?:testing|kernel-tests)|tools/[^/]+)/';
const hosts = 'packages/host-[^/]+/';
const samples = 'samples/[^/]+/';

const anyPackage = '(?:packages/(?:drivers/|extensions/)?|tools/|samples/)[^/]+/';
const tests = '(?:\\.test\\.ts$|/test/)';
const testKit = 'packages/(?:drivers/memory|conformance)/';
const containers = 'node_modules/(?:tsyringe|reflect-metadata)/';

/** One level may not reach a later one, nor a neighbour; `$1` is the importing package itself. */
function direction(name, from, forbidden, allowedInTests) {
  const rule = (suffix, fromPart, allowed) => ({
    name: `direction-${name}${suffix}`,
    severity: 'error',
    from: { path: `^(${from})`, ...fromPart },
    to: { path: `^(?:${forbidden.join('|')})`, pathNot: ['^$1', ...allowed] },
  });
  if (allowedInTests === undefined) return [rule('', {}, [])];
  return [
    rule('', { pathNot: tests }, []),
    { ...rule('-in-tests', {}, [`^${allowedInTests}`]), from: { path: `^(${from}).*${tests}` } },
  ];
}

module.exports = {
  forbidden: [
    ...direction('abstractions', abstractions, [anyPackage], testKit),
    ...direction('middle', middle, [middle, upper, hosts, samples], testKit),
    // The whole-kernel tests stand on the published kit, as the tests of users do.
    ...direction('kernel-tests', 'packages/kernel-tests/', ['tools/', hosts, samples]),
    ...direction('upper', '(?:packages/testing|tools/[^/]+)/', [upper, hosts, samples]),
    ...direction('hosts', hosts, [hosts, samples, 'tools/']),
    ...direction('samples', samples, [samples, 'tools/']),
    {
      name: 'abstractions-have-no-dependency',
      comment: 'Contracts must load anywhere, a browser included.',
      severity: 'error',
      from: { path: `^${abstractions}`, pathNot: tests },
      to: {
        dependencyTypes: ['core', 'npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-no-pkg', 'npm-unknown'],
      },
    },
    {
      name: 'containers-stay-in-hosting',
      severity: 'error',
      from: { pathNot: `^(?:packages/hosting/|${hosts})` },
      to: { path: containers },
    },
    {
      name: 'packages-meet-by-name',
      comment: "Another package's sources are not its interface: import its name.",
      severity: 'error',
      from: { path: `^(${anyPackage})` },
      to: { path: `^${anyPackage}(?:src|test)/`, pathNot: '^$1' },
    },
    {
      name: 'sources-do-not-import-tests',
      severity: 'error',
      from: { path: `^${anyPackage}`, pathNot: tests },
      to: { path: `^${anyPackage}.*${tests}` },
    },
    {
      name: 'sources-import-declared-dependencies',
      severity: 'error',
      from: { path: `^${anyPackage}`, pathNot: [tests, '^(?:tools|samples)/', '^packages/kernel-tests/'] },
      to: {
        dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'],
        dependencyTypesNot: ['npm', 'npm-peer', 'type-only'],
      },
    },
    {
      name: 'no-circular',
      comment: 'Types may name each other; modules that run may not wait for each other.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.tests.json' },
    doNotFollow: { path: ['node_modules', '/dist/'] },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'default', 'types'] },
  },
};
