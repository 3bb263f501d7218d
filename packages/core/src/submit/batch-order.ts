import { KernelError } from '@tksm/abstractions';
import type { Command } from '@tksm/abstractions';
import { list } from './spec-fields.ts';

/** A job by id or, inside a batch, by name. */
export type Dependency = NonNullable<Command['dependsOn']>[number];

/** Names of a batch and the order in which dependencies come before their dependents. */
export interface BatchOrder {
  readonly indexOf: ReadonlyMap<string, number>;
  readonly order: readonly number[];
}

/**
 * Orders a batch of commands by their named dependencies. Source: depth-first topological sort (Tarjan, 1976).
 *
 * @throws KernelError `DuplicateId`, `DependencyUnknown`, `DependencyCycle` with `data.cycle`
 */
export function orderBatch(commands: readonly Command[]): BatchOrder {
  const indexOf = new Map<string, number>();
  let places = 0;
  for (const { name } of commands) {
    const index = places++;
    if (name === undefined) continue;
    if (indexOf.has(name))
      throw new KernelError('DuplicateId', `two jobs of the batch are named ${name}`, { data: { name } });
    indexOf.set(name, index);
  }
  const order: number[] = [];
  const done = new Set<number>();
  places = 0;
  for (const { name, dependsOn } of commands) {
    const index = places++;
    // What has no name is needed by nobody.
    if (name === undefined && dependsOn === undefined) order.push(index);
    else visit(index);
  }
  return { indexOf, order };

  /** Iterative, because a chain may be as long as the batch. */
  function visit(start: number): void {
    const path: { readonly index: number; readonly needs: readonly number[]; at: number }[] = [];
    const onPath = new Set<number>();
    const enter = (index: number): void => {
      path.push({ index, needs: needsOf(index), at: 0 });
      onPath.add(index);
    };
    if (!done.has(start)) enter(start);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const next = top.needs[top.at++];
      if (next === undefined) {
        path.pop();
        onPath.delete(top.index);
        done.add(top.index);
        order.push(top.index);
      } else if (onPath.has(next)) {
        throw cycle(
          path.map(({ index }) => index),
          next,
        );
      } else if (!done.has(next)) {
        enter(next);
      }
    }
  }

  function needsOf(index: number): readonly number[] {
    return list<Dependency>(commands[index]?.dependsOn, 'dependsOn').flatMap((dependency) => {
      if (typeof dependency === 'string') return [];
      const found = indexOf.get(dependency?.name);
      if (found === undefined) throw unknownDependency(dependency);
      return [found];
    });
  }

  function cycle(path: readonly number[], repeated: number): KernelError {
    const names = [...path.slice(path.indexOf(repeated)), repeated].map(
      (index) => commands[index]?.name ?? `#${index}`,
    );
    return new KernelError('DependencyCycle', `the jobs wait for each other: ${names.join(' → ')}`, {
      data: { cycle: names },
    });
  }
}

export function unknownDependency(wanted: Dependency | string): KernelError {
  const dependency = String(typeof wanted === 'object' && wanted !== null ? wanted.name : wanted);
  return new KernelError('DependencyUnknown', `there is no job ${dependency} to depend on`, {
    data: { dependency },
  });
}
