import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { generate } from './generate.ts';
import { isLevel, levels, place } from './level.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const usage = `pnpm new <${levels.join('|')}> <name>`;

async function main([level, name]: readonly (string | undefined)[]): Promise<void> {
  if (!isLevel(level) || name === undefined) throw new TypeError('needs a level and a name');
  const placement = place(level, name);
  for (const file of await generate(root, placement)) console.log(`wrote ${file}`);
  const sync = ['tools/repo-check/src/main.ts', '--only', 'layers', '--fix'];
  const { status } = spawnSync(process.execPath, sync, { cwd: root, stdio: 'inherit' });
  if (status !== 0)
    throw new Error('the package is written, but its references could not be: run `pnpm sync`');
  const report = placement.isPublic ? ', then `pnpm api:update` and `pnpm changeset`' : '';
  console.log(`next: write it, \`pnpm test\`${report}; after a new workspace dependency, \`pnpm sync\``);
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  console.error(`${error instanceof Error ? error.message : String(error)}\nusage: ${usage}`);
  process.exitCode = error instanceof TypeError ? 2 : 1;
}
