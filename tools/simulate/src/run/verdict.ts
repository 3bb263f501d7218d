import { Violation } from '../audit/violation.ts';

/** What a run has come to: a violation, the first of them, or an end that nobody is to blame for. */
export class Verdict {
  #violation: Violation | undefined;
  #ended = false;

  get violation(): Violation | undefined {
    return this.#violation;
  }

  get isOver(): boolean {
    return this.#ended || this.#violation !== undefined;
  }

  blame(violation: Violation): void {
    this.#violation ??= violation;
  }

  /** Blames whatever a look throws. */
  check(look: () => void): void {
    try {
      look();
    } catch (error) {
      this.blame(asViolation(error));
    }
  }

  /** Ends the run: after what a disk did, nothing more can be said. */
  end(): void {
    this.#ended = true;
  }
}

export function asViolation(error: unknown): Violation {
  return error instanceof Violation ? error : new Violation('unexpected', String((error as Error).stack));
}
