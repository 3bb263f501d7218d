import { KernelError } from '@tksm/abstractions';
import type { JobReader, JobView } from '@tksm/abstractions';

/** The jobs of a run, named in full or by a start that only one run has; `run:` may be left out. @throws KernelError `JobNotFound`, `UsageError` */
export function jobsOfRun(jobs: JobReader, text: string): JobView[] {
  const exact = [...jobs.list({ correlation: text })];
  if (exact.length > 0) return exact;
  const runs = new Set<string>();
  for (const { spec } of jobs.list()) {
    const { correlation } = spec;
    if (correlation?.startsWith(text) || correlation?.startsWith(`run:${text}`)) runs.add(correlation);
  }
  const [run, second] = runs;
  if (run === undefined)
    throw new KernelError('JobNotFound', `there is no run ${text}`, { data: { run: text } });
  if (second !== undefined) {
    throw new KernelError(
      'UsageError',
      `${text} could be ${runs.size} runs: ${[...runs].slice(0, 5).join(', ')}`,
      {
        next: 'type more of it',
      },
    );
  }
  return [...jobs.list({ correlation: run })];
}
