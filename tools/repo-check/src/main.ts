// Runs the guards in order and prints one line for each: result, name, seconds. Exit code 0 when all pass, 1 when one
// fails, 2 when the command line is wrong.
import { parseArgs } from 'node:util';
import type { Findings, Guard } from './guard.ts';
import { guards } from './guards.ts';
import { ownRoot, runTool, type Repo } from './repo.ts';

const usage = `repo-check [--only a,b] [--skip a,b] [--fix] [--root folder]
guards: ${guards.map(({ name }) => name).join(', ')}`;

interface Selection {
  readonly repo: Repo;
  readonly fix: boolean;
  readonly selected: readonly Guard[];
}

function namesIn(list: string | undefined): string[] {
  const names = list?.split(',') ?? [];
  const unknown = names.filter((name) => !guards.some((guard) => guard.name === name));
  if (unknown.length > 0) throw new TypeError(`unknown guard: ${unknown.join(', ')}`);
  return names;
}

function select(args: readonly string[]): Selection {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string' },
      skip: { type: 'string' },
      fix: { type: 'boolean', default: false },
      root: { type: 'string', default: ownRoot },
    },
  });
  const only = namesIn(values.only);
  const skip = namesIn(values.skip);
  const selected = guards.filter(
    ({ name }) => (only.length === 0 || only.includes(name)) && !skip.includes(name),
  );
  return { repo: { root: values.root, toolRoot: ownRoot }, fix: values.fix, selected };
}

async function run(guard: Guard, { repo, fix }: Selection): Promise<boolean> {
  const start = performance.now();
  let findings: Findings;
  try {
    findings = fix && guard.fix ? await guard.fix(repo) : await guard.check(repo);
  } catch (error) {
    findings = error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`${findings === '' ? 'ok  ' : 'FAIL'}  ${guard.name.padEnd(9)} ${seconds.padStart(6)} s`);
  if (findings !== '') console.log(`${findings.trimEnd().replace(/^/gm, '      ')}\n`);
  return findings === '';
}

async function main(selection: Selection): Promise<void> {
  // Its errors are the types guard's to report; here it only has to leave the declarations it can.
  if (selection.selected.some((guard) => guard.needsBuild)) await runTool(selection.repo, 'tsc', ['-b']);
  let failed = 0;
  for (const guard of selection.selected) if (!(await run(guard, selection))) failed += 1;
  console.log(`${selection.selected.length - failed} guards passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}

try {
  await main(select(process.argv.slice(2)));
} catch (error) {
  console.error(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
  process.exitCode = 2;
}
