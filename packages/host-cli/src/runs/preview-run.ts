import type { StateReader } from '@tksm/abstractions';
import { deriveJobId } from '@tksm/core';
import type { CompiledGraph } from '@tksm/extensions-graphs';
import type { Output } from '../terminal/output.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { printTable } from '../terminal/table.ts';
import { generationId, latestGeneration } from './generation.ts';

/** Shows what a run would do: which jobs, after which, and how those stand that are there already. */
export function previewRun(
  output: Output,
  { name, run: base, commands }: CompiledGraph,
  before: StateReader | undefined,
  again: boolean,
): number {
  const latest = before === undefined ? 0 : latestGeneration(before, base);
  const anew = again || latest === 0;
  const run = generationId(base, anew ? latest + 1 : latest);
  const jobs = commands.map((command, index) => {
    const id = anew || before === undefined ? undefined : deriveJobId(before.zone, run, index);
    return {
      name: command.name ?? `#${index}`,
      kind: typeof command.kind === 'string' ? command.kind : command.kind.name,
      after: (command.dependsOn ?? []).map((dependency) =>
        typeof dependency === 'string' ? dependency : dependency.name,
      ),
      status: (id === undefined ? undefined : before?.jobs.get(id)?.status) ?? 'new',
    };
  });
  if (output.settings.json) {
    output.document({ run, name, dryRun: true, resumes: !anew, jobs });
    return EXIT.ok;
  }
  output.notice(`would ${anew ? 'start' : 'resume'} ${name} (${run})`);
  printTable(
    output,
    [
      { title: 'NAME', text: (job) => job.name },
      { title: 'KIND', text: (job) => job.kind },
      { title: 'STATUS', text: (job) => job.status },
      { title: 'AFTER', text: (job) => job.after.join(' ') },
    ],
    jobs,
  );
  return EXIT.ok;
}
