import type { JobView, StateReader } from '@tksm/abstractions';
import { relative } from '../terminal/times.ts';

/** Which breakers hold queued jobs of a list back, and which rungs of the ladder, a line each. */
export function heldBackLines(
  jobs: readonly JobView[],
  { breakers, ladder }: Pick<StateReader, 'breakers' | 'ladder'>,
  now: number,
): string[] {
  const queued = jobs.filter(({ status }) => status === 'queued');
  if (queued.length === 0) return [];
  const lines: string[] = [];
  const add = (count: number, what: string): void => {
    if (count > 0) lines.push(`${count} queued ${count === 1 ? 'job is' : 'jobs are'} held back by ${what}`);
  };
  for (const { name, phase, until } of breakers.list()) {
    if (phase === 'closed') continue;
    const count = queued.filter(({ spec: { kind, resources = [] } }) =>
      [`kind.${kind}`, ...resources.map((resource) => `resource.${resource}`)].includes(name),
    ).length;
    const probe = until === undefined ? '' : `, next probe ${relative(until, now)}`;
    add(count, `breaker ${name}, ${phase}${probe}: tksm breaker ls`);
  }
  for (const { kind, rung } of ladder.list()) {
    if (rung !== 'quarantined' && rung !== 'isolated') continue;
    add(queued.filter(({ spec }) => spec.kind === kind).length, `kind ${kind} being ${rung}: tksm ladder ls`);
  }
  return lines;
}
