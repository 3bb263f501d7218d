import { isSystemKind } from '@tksm/abstractions';
import type { JobSpec } from '@tksm/abstractions';

/** Places that submissions ask for, by queue and origin. */
export class Tally {
  readonly #outside = new Map<string, number>();
  readonly #children = new Map<string, number>();
  #outsideTotal = 0;
  #childrenTotal = 0;

  add({ kind, parent, origin = '' }: JobSpec, by = 1): void {
    if (isSystemKind(kind)) return;
    const counts = parent === undefined ? this.#outside : this.#children;
    if (parent === undefined) this.#outsideTotal += by;
    else this.#childrenTotal += by;
    const count = (counts.get(origin) ?? 0) + by;
    if (count === 0) counts.delete(origin);
    else counts.set(origin, count);
  }

  total(isChild: boolean): number {
    return isChild ? this.#childrenTotal : this.#outsideTotal;
  }

  of(isChild: boolean, origin: string): number {
    return (isChild ? this.#children : this.#outside).get(origin) ?? 0;
  }

  *entries(): Generator<{ readonly isChild: boolean; readonly origin: string; readonly count: number }> {
    for (const [origin, count] of this.#outside) yield { isChild: false, origin, count };
    for (const [origin, count] of this.#children) yield { isChild: true, origin, count };
  }
}
