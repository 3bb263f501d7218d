import path from 'node:path';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import type { Findings, Guard } from '../guard.ts';
import { listPackages, runTool, type Manifest, type Repo } from '../repo.ts';
import { runCommand } from '../run-command.ts';
import { checkAlone } from './alone.ts';
import { findingsOf } from './tool-guards.ts';

const standsAlone = /^packages\/abstractions$/;
const unwanted = /\.test\.|\.tsbuildinfo$|^src\//;

// The esm-only profile: these two ways to resolve a package cannot load ES modules at all.
const ignoredResolutions = new Set(['node10', 'node16-cjs']);

async function packInto(repo: Repo, folder: string): Promise<Findings> {
  const { packageManager } = JSON.parse(await readFile(path.join(repo.toolRoot, 'package.json'), 'utf8')) as {
    packageManager: string;
  };
  const args = ['--yes', packageManager, '--recursive', '--filter', './packages/**'];
  return findingsOf(
    await runCommand('npx', [...args, 'pack', '--pack-destination', folder], { cwd: repo.root }),
  );
}

async function typesProblems(tarball: Uint8Array): Promise<string[]> {
  const packed = createPackageFromTarballData(tarball);
  const prefix = `/node_modules/${packed.packageName}/`;
  const extra = packed
    .listFiles()
    .map((file) => file.replace(prefix, ''))
    .filter((file) => unwanted.test(file))
    .map((file) => `packs ${file}, which its users do not need`);
  const result = await checkPackage(packed);
  if (!result.types) return [...extra, 'packs no types'];
  const problems = result.problems
    .filter((problem) => !('resolutionKind' in problem) || !ignoredResolutions.has(problem.resolutionKind))
    .map((problem) => `types: ${JSON.stringify(problem)}`);
  return [...extra, ...problems];
}

async function lintTarball(tarball: Uint8Array, manifest: Manifest): Promise<string[]> {
  const data = tarball.buffer.slice(
    tarball.byteOffset,
    tarball.byteOffset + tarball.byteLength,
  ) as ArrayBuffer;
  const { messages, pkg } = await publint({ pack: { tarball: data }, strict: true });
  const lint = messages.map((message) => formatMessage(message, pkg, { color: false }) ?? message.code);
  const problems = [...lint, ...(await typesProblems(tarball))];
  return problems.map((problem) => `${manifest.name}: ${problem}`);
}

function tarballOf(manifest: Manifest): string {
  return `${manifest.name.replace('@', '').replace('/', '-')}-${manifest.version ?? ''}.tgz`;
}

async function lintPublished(repo: Repo): Promise<Findings> {
  const published = (await listPackages(repo.root)).filter(({ manifest }) => !manifest.private);
  const tempFolder = await mkdtemp(path.join(tmpdir(), 'tksm-pack-'));
  try {
    const packFailure = await packInto(repo, tempFolder);
    // What a failed run leaves behind may be half a tarball.
    if (packFailure !== '') return packFailure;
    const packed = new Set(await readdir(tempFolder));
    const problems: string[] = [];
    for (const { folder, manifest } of published) {
      const tarball = tarballOf(manifest);
      if (!packed.has(tarball)) problems.push(`${manifest.name}: was not packed`);
      else {
        const data = await readFile(path.join(tempFolder, tarball));
        problems.push(...(await lintTarball(data, manifest)));
        if (standsAlone.test(folder))
          problems.push(await checkAlone(repo, path.join(tempFolder, tarball), manifest.name));
      }
    }
    return problems.filter((problem) => problem !== '').join('\n');
  } finally {
    await rm(tempFolder, { recursive: true });
  }
}

export const packages: Guard = {
  name: 'packages',
  needsBuild: true,
  async check(repo) {
    const workspace = findingsOf(await runTool(repo, 'sherif', []));
    return [workspace, await lintPublished(repo)].filter((finding) => finding !== '').join('\n');
  },
};
