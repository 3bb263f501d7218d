import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Findings } from '../guard.ts';
import { runTool, type Repo } from '../repo.ts';
import { runCommand } from '../run-command.ts';
import { findingsOf } from './tool-guards.ts';

const consumerConfig = {
  compilerOptions: {
    target: 'ES2023',
    lib: ['ES2023'],
    types: [],
    module: 'NodeNext',
    strict: true,
    skipLibCheck: false,
    noEmit: true,
  },
  files: ['consumer.ts'],
};

/**
 * Type-checks a packed package by itself: no Node types, no DOM, nothing else installed. A contract that needs more
 * than the language would force it on everyone who implements it.
 */
export async function checkAlone(repo: Repo, tarball: string, name: string): Promise<Findings> {
  const folder = await mkdtemp(path.join(tmpdir(), 'tksm-alone-'));
  try {
    const installed = path.join(folder, 'node_modules', name);
    await mkdir(installed, { recursive: true });
    const unpacked = await runCommand('tar', ['-xzf', tarball, '--strip-components=1', '-C', installed], {
      cwd: folder,
    });
    if (!unpacked.ok) return findingsOf(unpacked);
    await writeFile(path.join(folder, 'package.json'), '{ "type": "module" }');
    await writeFile(path.join(folder, 'tsconfig.json'), JSON.stringify(consumerConfig));
    await writeFile(
      path.join(folder, 'consumer.ts'),
      `import * as contracts from '${name}';\nvoid contracts;\n`,
    );
    const result = await runTool({ root: folder, toolRoot: repo.toolRoot }, 'tsc', [
      '-p',
      '.',
      '--pretty',
      'false',
    ]);
    const findings = findingsOf(result).replaceAll('node_modules/', '');
    return findings === '' ? '' : `${name} does not stand alone:\n${findings}`;
  } finally {
    await rm(folder, { recursive: true });
  }
}
