import type { Guard } from '../guard.ts';
import { importProblems } from '../import-rules.ts';
import { listFiles, listPackages, runTool } from '../repo.ts';
import { manifestProblems } from '../manifest-rules.ts';
import { referenceProblems, writeReferences } from '../references.ts';
import { findingsOf } from './tool-guards.ts';

const sources = ['packages', 'tools', 'samples'];

export const layers: Guard = {
  name: 'layers',
  needsBuild: true,
  async check(repo) {
    const packages = await listPackages(repo.root);
    const folders = sources.filter((folder) =>
      packages.some((found) => found.folder.startsWith(`${folder}/`)),
    );
    const args = ['--config', '.dependency-cruiser.cjs', '--output-type', 'err-long', ...folders];
    const imports = findingsOf(await runTool(repo, 'depcruise', args));
    const references = await referenceProblems(repo.root, packages);
    const undeclared = await importProblems(repo.root, packages, await listFiles(repo));
    const problems = [...references, ...manifestProblems(packages), ...undeclared];
    return [imports, ...problems].filter((problem) => problem !== '').join('\n');
  },
  async fix(repo) {
    await writeReferences(repo.root, await listPackages(repo.root));
    return '';
  },
};
