import { KernelError } from '@tksm/abstractions';
import type { StepRecord } from '@tksm/abstractions';
import type { JobState } from '../state/job-state.ts';

/** Longest name of a step. */
const MAX_STEP_NAME = 128;

/**
 * The steps of one attempt. Guarantees: they come in the order in which earlier attempts recorded them, one at a time, each
 * name once; after a step that left no record none begins, since a later attempt could not repeat what follows.
 */
export class StepOrder {
  readonly #job: JobState;
  readonly #names = new Set<string>();
  readonly #unnamed = new Map<string, number>();
  #open: string | undefined;
  #failure: { readonly error: unknown } | undefined;

  constructor(job: JobState) {
    this.#job = job;
  }

  /** Where the attempt is: a name for what it does between two steps, or inside one. */
  get place(): string {
    return `${this.#names.size}${this.#open === undefined ? '' : '/step'}`;
  }

  /** Whether an earlier attempt was here already, and what is done here is recorded. */
  get isRepeating(): boolean {
    return (this.#job.steps?.length ?? 0) > this.#names.size || this.#job.wait !== undefined;
  }

  /** A name for a step that has none of its own, from its sort and number. */
  nameFor(sort: string): string {
    const number = (this.#unnamed.get(sort) ?? 0) + 1;
    this.#unnamed.set(sort, number);
    return `${sort}#${number}`;
  }

  /**
   * Begins a step; gives what an earlier attempt recorded for it, and then it is over already.
   *
   * @throws KernelError `InvalidInput`, `StepOverlapped`, `StepRepeated`, `StepOrderChanged`
   */
  begin(name: string): StepRecord | undefined {
    this.#check(name);
    const recorded = this.#job.steps?.[this.#names.size];
    this.#names.add(name);
    const expected = recorded?.name ?? this.#job.wait?.step;
    if (expected !== undefined && expected !== name) throw orderChanged(name, expected);
    if (recorded === undefined) this.#open = name;
    return recorded;
  }

  /** The step that began is recorded. */
  recorded(): void {
    this.#open = undefined;
  }

  /** The step that began left no record. */
  failed(error: unknown): void {
    this.#open = undefined;
    this.#failure = { error };
  }

  /** The handler returned. @throws KernelError when it left a step open, or out */
  end(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
    if (this.#open !== undefined) {
      throw new KernelError('StepOverlapped', `the handler returned while step ${this.#open} was running`);
    }
    const left = this.#job.steps?.[this.#names.size]?.name ?? this.#job.wait?.step;
    if (left !== undefined) throw orderChanged('the end', left);
  }

  #check(name: string): void {
    if (this.#failure !== undefined) throw this.#failure.error;
    if (typeof name !== 'string' || name.length === 0 || name.length > MAX_STEP_NAME) {
      throw new KernelError('InvalidInput', `a step's name has 1 to ${MAX_STEP_NAME} characters`);
    }
    if (this.#open !== undefined) {
      throw new KernelError('StepOverlapped', `step ${name} began while step ${this.#open} was running`);
    }
    if (this.#names.has(name)) throw new KernelError('StepRepeated', `two steps are named ${name}`);
  }
}

function orderChanged(found: string, recorded: string): KernelError {
  const message = `the handler came to ${found} where an earlier attempt recorded step ${recorded}`;
  return new KernelError('StepOrderChanged', message, { data: { found, recorded } });
}
