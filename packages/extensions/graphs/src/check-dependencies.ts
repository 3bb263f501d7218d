import type { ReadJob } from './read-job.ts';
import { didYouMean } from './nearest-word.ts';
import type { Source } from './source.ts';

/**
 * Sees that every dependency exists and that no job waits for itself. Source: depth-first search (Tarjan, 1972).
 *
 * @throws KernelError `DependencyUnknown`, `DependencyCycle` with `data.cycle`
 */
export function checkDependencies(jobs: ReadonlyMap<string, ReadJob>, source: Source): void {
  for (const job of jobs.values()) {
    for (const [name, line] of job.needs) {
      if (jobs.has(name)) continue;
      const message = `there is no job ${name} for ${job.name} to depend on${didYouMean(name, jobs.keys())}`;
      throw source.problem(line, message, 'DependencyUnknown', { dependency: name });
    }
  }
  const done = new Set<string>();
  for (const job of jobs.values()) visit(job);

  /** Iterative, because a chain may be as long as the graph. */
  function visit(start: ReadJob): void {
    const path: { readonly job: ReadJob; readonly needs: Iterator<string> }[] = [];
    const onPath = new Set<string>();
    const enter = (job: ReadJob): void => {
      path.push({ job, needs: job.needs.keys() });
      onPath.add(job.name);
    };
    if (!done.has(start.name)) enter(start);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const next = top.needs.next();
      if (next.done === true) {
        path.pop();
        onPath.delete(top.job.name);
        done.add(top.job.name);
      } else if (onPath.has(next.value)) {
        throw cycle(
          path.map(({ job }) => job),
          next.value,
        );
      } else if (!done.has(next.value)) {
        const job = jobs.get(next.value);
        if (job !== undefined) enter(job);
      }
    }
  }

  function cycle(path: readonly ReadJob[], repeated: string): Error {
    const names = path.map(({ name }) => name);
    const round = [...names.slice(names.indexOf(repeated)), repeated];
    const line = path.at(-1)?.needs.get(repeated) ?? 1;
    return source.problem(line, `the jobs wait for each other: ${round.join(' → ')}`, 'DependencyCycle', {
      cycle: round,
    });
  }
}
