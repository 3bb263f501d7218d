import type { Affinity } from '@tksm/abstractions';

/** The worker that is the kernel's own process. */
export const LOCAL_WORKER = 'local';

/** Who may be given jobs, and what each is labelled with. */
export class Workforce {
  readonly #workers = new Map<string, ReadonlySet<string>>();
  readonly #listeners: (() => void)[] = [];

  /** A worker came, or has other labels. */
  set(worker: string, labels: readonly string[]): void {
    this.#workers.set(worker, new Set(labels));
    this.#tell();
  }

  delete(worker: string): void {
    if (this.#workers.delete(worker)) this.#tell();
  }

  /** Whether somebody has all of these labels. */
  has(labels: readonly string[]): boolean {
    return [...this.#workers.values()].some((own) => hasAll(own, labels));
  }

  /** The worker that has every label that is required and most of those that are preferred; of equals the first that came. */
  choose({ require = [], prefer = [] }: Affinity): string | undefined {
    let best: string | undefined;
    let most = -1;
    for (const [worker, own] of this.#workers) {
      const liked = prefer.filter((label) => own.has(label)).length;
      if (liked <= most || !hasAll(own, require)) continue;
      best = worker;
      most = liked;
    }
    return best;
  }

  /** Is told after workers or labels changed. */
  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

function hasAll(own: ReadonlySet<string>, labels: readonly string[]): boolean {
  return labels.every((label) => own.has(label));
}
