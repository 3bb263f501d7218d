import type { ProcessGroup } from './process-group.ts';

/**
 * The groups that run now. Guarantees: when this process exits without a drain, each of them is sent SIGKILL. (Nothing
 * can be done here when it is killed: see `leftoversOf` and `parentDeath`.)
 */
export class LiveGroups {
  readonly #groups = new Set<ProcessGroup>();
  readonly #killAll = (): void => {
    for (const group of this.#groups) group.kill();
  };

  /** Watches over a group until it has ended. */
  add(group: ProcessGroup): void {
    if (this.#groups.size === 0) process.on('exit', this.#killAll);
    this.#groups.add(group);
    void group.ended.then(() => {
      this.#groups.delete(group);
      if (this.#groups.size === 0) process.off('exit', this.#killAll);
    });
  }
}
