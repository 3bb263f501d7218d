import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { run } from './run.ts';

export interface ConsumerCheckOptions {
  /** The repository; its packages must be built. */
  readonly root: string;
  /** Source of the consumer. */
  readonly consumer: string;
  /** Told each step as it succeeds. */
  readonly onStep?: (step: string) => void;
}

const CONTRACTS = '@tksm/abstractions';

/** Each is a way that users compile; all must accept the contracts, without skipping their declarations. */
const COMPILERS: readonly (readonly [name: string, options: object])[] = [
  ['Node, ES2023 alone', { module: 'NodeNext', moduleResolution: 'NodeNext', lib: ['ES2023'] }],
  ['a bundler, for a browser', { module: 'ESNext', moduleResolution: 'Bundler', lib: ['ES2023', 'DOM'] }],
];

/** Two copies must agree on what an error and a token are. */
const TWICE = `
import { isKernelError, KernelError, TOKENS } from '${CONTRACTS}';
import * as other from './again/dist/index.js';
if (other.KernelError === KernelError) throw new Error('these are not two copies');
if (!isKernelError(new other.KernelError('JobNotFound', 'x'), 'JobNotFound')) throw new Error('errors differ');
if (other.TOKENS.clock.name !== TOKENS.clock.name) throw new Error('tokens differ');
`;

/**
 * Packs the contracts, installs them alone, type-checks and runs a consumer.
 *
 * @throws Error saying which step failed, with its output
 */
export async function checkConsumer({ root, consumer, onStep = () => undefined }: ConsumerCheckOptions) {
  const folder = await mkdtemp(path.join(tmpdir(), 'tksm-consumer-'));
  try {
    const tarball = await pack(root, folder);
    onStep(`packed ${path.basename(tarball)}`);
    await install(folder, tarball);
    onStep('installed it alone, without a network');
    await cp(consumer, path.join(folder, 'consumer.ts'));
    for (const [name, options] of COMPILERS) {
      await compile(root, folder, options);
      onStep(`type-checked a consumer: ${name}`);
    }
    await run(process.execPath, ['out/consumer.js'], folder);
    onStep('ran the consumer');
    await cp(installed(folder), path.join(folder, 'again'), { recursive: true });
    await writeFile(path.join(folder, 'twice.js'), TWICE);
    await run(process.execPath, ['twice.js'], folder);
    onStep('ran it beside a second copy');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const installed = (folder: string): string => path.join(folder, 'node_modules', CONTRACTS);

async function pack(root: string, folder: string): Promise<string> {
  const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
  const output = await run('npm', args, path.join(root, 'packages/abstractions'));
  const [packed] = JSON.parse(output) as { filename: string; files: { path: string }[] }[];
  if (packed === undefined) throw new Error('npm packed nothing');
  const strange = packed.files.filter(
    (file) => !/^(dist\/|package\.json|README\.md|LICENSE)/.test(file.path),
  );
  if (strange.length > 0) throw new Error(`the package holds ${strange.map((file) => file.path).join(', ')}`);
  return path.join(folder, packed.filename);
}

async function install(folder: string, tarball: string): Promise<void> {
  await writeFile(path.join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  const quiet = ['--offline', '--ignore-scripts', '--no-audit', '--no-fund'];
  await run('npm', ['install', ...quiet, tarball], folder);
  const manifest = JSON.parse(await readFile(path.join(installed(folder), 'package.json'), 'utf8')) as object;
  for (const field of ['dependencies', 'peerDependencies', 'optionalDependencies']) {
    if (field in manifest) throw new Error(`the contracts declare ${field}`);
  }
}

async function compile(root: string, folder: string, options: object): Promise<void> {
  const strict = { strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true };
  const compilerOptions = { ...strict, target: 'ES2023', types: [], outDir: 'out', ...options };
  await mkdir(path.join(folder, 'out'), { recursive: true });
  const config = { compilerOptions, files: ['consumer.ts'] };
  await writeFile(path.join(folder, 'tsconfig.json'), JSON.stringify(config));
  const compiler = path.join(root, 'node_modules/typescript/bin/tsc');
  await run(process.execPath, [compiler, '-p', 'tsconfig.json'], folder);
}
