import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generate } from '../src/generate.ts';
import { place, type Level } from '../src/level.ts';

const run = promisify(execFile);
const repoRoot = path.resolve(import.meta.dirname, '../../..');
const bin = path.join(repoRoot, 'node_modules/.bin');
const samples: readonly (readonly [Level, string])[] = [
  ['package', 'bee-hive'],
  ['driver', 'tape'],
  ['extension', 'mail'],
  ['tool', 'weigh'],
  ['sample', '07-honey'],
];
const rootFiles = [
  'package.json',
  'pnpm-workspace.yaml',
  'tsconfig.base.json',
  'tsconfig.tests.json',
  'vitest.config.ts',
  '.prettierrc.json',
];

let root = '';

// What an install would link, without the time it takes.
async function link(): Promise<void> {
  await mkdir(path.join(root, 'node_modules/@tksm'), { recursive: true });
  for (const name of ['vitest', 'typescript', 'prettier', '@types'])
    await symlink(path.join(repoRoot, 'node_modules', name), path.join(root, 'node_modules', name));
  await symlink(path.join(root, 'packages/abstractions'), path.join(root, 'node_modules/@tksm/abstractions'));
}

async function copyRepo(): Promise<void> {
  for (const file of rootFiles) await cp(path.join(repoRoot, file), path.join(root, file));
  await cp(path.join(repoRoot, 'packages/abstractions'), path.join(root, 'packages/abstractions'), {
    recursive: true,
    filter: (source) => !/(?:node_modules|dist|\.tsbuildinfo|\.test\.ts)$/.test(source),
  });
}

// The inner test run must not write its counts over those of this one.
const env = { ...process.env, TKSM_TEST_REPORT: '' };

async function runIn(program: string, ...args: string[]): Promise<void> {
  await run(path.join(bin, program), args, { cwd: root, env }).catch((error: { stdout?: string }) => {
    throw new Error(`${program} failed: ${error.stdout ?? ''}`, { cause: error });
  });
}

describe('pnpm new', () => {
  beforeAll(async () => {
    root = await mkdtemp(path.join(tmpdir(), 'tksm-new-'));
    await copyRepo();
    await link();
    for (const [level, name] of samples) await generate(root, place(level, name));
    const sync = [
      path.join(repoRoot, 'tools/repo-check/src/main.ts'),
      '--only',
      'layers',
      '--fix',
      '--root',
      root,
    ];
    await run(process.execPath, sync);
  }, 120_000);

  afterAll(() => rm(root, { recursive: true }));

  it('writes one solution of all packages, with references from their dependencies', async () => {
    const solution = await readFile(path.join(root, 'tsconfig.json'), 'utf8');
    for (const [level, name] of samples) expect(solution).toContain(`"${place(level, name).folder}"`);
    const driver = await readFile(path.join(root, 'packages/drivers/tape/tsconfig.json'), 'utf8');
    expect(driver).toContain('{ "path": "../../abstractions" }');
  });

  it('writes what the formatter would write', async () => {
    const folders = samples.map(([level, name]) => place(level, name).folder);
    await runIn('prettier', '--check', 'tsconfig.json', ...folders);
  }, 120_000);

  it('writes packages that build, type-check and pass their own tests', async () => {
    await runIn('tsc', '-b');
    await runIn('tsc', '-p', 'tsconfig.tests.json');
    await runIn('vitest', 'run');
  }, 120_000);

  it('does not overwrite a package', async () => {
    await expect(generate(root, place('driver', 'tape'))).rejects.toThrow('exists already');
  });

  it.each([
    ['driver', 'TapeDrive'],
    ['sample', 'honey'],
  ] as const)('rejects a %s named %s', (level, name) => {
    expect(() => place(level, name)).toThrow(TypeError);
  });
});
