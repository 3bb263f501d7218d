import type { CommandResult } from '../run-command.ts';
import { runTool, type Repo } from '../repo.ts';
import type { Findings, Guard } from '../guard.ts';

/** A tool that fails without a word must still count as a finding. */
export function findingsOf(result: CommandResult): Findings {
  if (result.ok) return '';
  return result.output.trim() === '' ? 'failed without output' : result.output;
}

async function runInTurn(repo: Repo, ...commands: (readonly [string, ...string[]])[]): Promise<Findings> {
  const findings: Findings[] = [];
  for (const [bin, ...args] of commands) findings.push(findingsOf(await runTool(repo, bin, args)));
  return findings.filter((finding) => finding !== '').join('\n');
}

export const format: Guard = {
  name: 'format',
  needsBuild: false,
  check: (repo) => runInTurn(repo, ['prettier', '--check', '--log-level', 'warn', '.']),
  fix: (repo) => runInTurn(repo, ['prettier', '--write', '--log-level', 'warn', '.']),
};

export const lint: Guard = {
  name: 'lint',
  needsBuild: true,
  check: (repo) => runInTurn(repo, ['eslint', '--max-warnings', '0', '.']),
  fix: (repo) => runInTurn(repo, ['eslint', '--max-warnings', '0', '--fix', '.']),
};

export const types: Guard = {
  name: 'types',
  needsBuild: false,
  check: (repo) =>
    runInTurn(
      repo,
      ['tsc', '-b', '--pretty', 'false'],
      ['tsc', '-p', 'tsconfig.tests.json', '--pretty', 'false'],
    ),
};

export const unused: Guard = {
  name: 'unused',
  needsBuild: false,
  check: (repo) => runInTurn(repo, ['knip', '--no-progress', '--no-config-hints']),
};

export const test: Guard = {
  name: 'test',
  needsBuild: true,
  check: (repo) => runInTurn(repo, ['vitest', 'run']),
};
