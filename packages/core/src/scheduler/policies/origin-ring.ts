import { isBefore } from '@tksm/abstractions';
import type { ReadyJob } from '@tksm/abstractions';
import { IndexedHeap } from '../indexed-heap.ts';
import { Line } from './line.ts';

/** An origin that has jobs, and what it may still take in this turn. */
interface Turn {
  readonly origin: string;
  readonly line: Line;
  credit: number;
  next: Turn;
  previous: Turn;
  /** Where it stands in the heap of the oldest. */
  index: number;
}

const OLDEST_FIRST = {
  before: ({ line: one }: Turn, { line: other }: Turn): boolean =>
    one.first !== undefined && other.first !== undefined && isBefore(one.first, other.first),
  indexOf: (turn: Turn): number => turn.index,
  setIndex: (turn: Turn, index: number): void => {
    turn.index = index;
  },
};

/**
 * Jobs by origin, in turns: an origin gives as many jobs a turn as its weight, a job being the unit of cost, then it is
 * the next one's turn. One that comes anew waits for one round at most; one that has nothing left keeps no credit.
 * Source: Shreedhar and Varghese, Efficient Fair Queueing Using Deficit Round Robin (1995).
 *
 * O(1) for one origin, O(log n) of the number of origins otherwise.
 */
export class OriginRing {
  /** Those that have jobs, and the last one that had. */
  readonly #turns = new Map<string, Turn>();
  readonly #oldest = new IndexedHeap<Turn>(OLDEST_FIRST);
  readonly #weightOf: (origin: string) => number;
  #current: Turn | undefined;
  /** The last origin that had nothing left: mostly the next one that comes. */
  #idle: Turn | undefined;
  /** The last origin that was added to: mostly the next one, too. */
  #recent: Turn | undefined;
  #size = 0;

  /** @param weightOf share of an origin, a whole number from 1 */
  constructor(weightOf: (origin: string) => number) {
    this.#weightOf = weightOf;
  }

  get size(): number {
    return this.#size;
  }

  /** The job of all origins that has been ready for the longest. */
  get oldest(): ReadyJob | undefined {
    return this.#oldest.first?.line.first;
  }

  add(job: ReadyJob): void {
    const turn = this.#turnOf(job.origin);
    const isNew = turn.line.size === 0;
    turn.line.push(job);
    this.#size += 1;
    if (isNew) this.#join(turn);
    else if (turn.line.first === job) this.#oldest.moved(turn);
  }

  remove(job: ReadyJob): boolean {
    const turn = this.#turns.get(job.origin);
    if (turn?.line.remove(job) !== true) return false;
    this.#shrunk(turn);
    return true;
  }

  next(): ReadyJob | undefined {
    const turn = this.#current;
    const job = turn?.line.shift();
    if (turn === undefined || job === undefined) return undefined;
    if (turn.credit < 1) turn.credit = this.#weightOf(turn.origin);
    turn.credit -= 1;
    if (turn.credit < 1) this.#current = turn.next;
    this.#shrunk(turn);
    return job;
  }

  #turnOf(origin: string): Turn {
    let turn = this.#recent;
    if (turn?.origin === origin) return turn;
    turn = this.#turns.get(origin);
    if (turn === undefined) this.#turns.set(origin, (turn = newTurn(origin)));
    return (this.#recent = turn);
  }

  #shrunk(turn: Turn): void {
    this.#size -= 1;
    if (turn.line.size === 0) this.#leave(turn);
    else this.#oldest.moved(turn);
  }

  /** Takes its place behind the one whose turn comes last. */
  #join(turn: Turn): void {
    const current = this.#current;
    if (turn === this.#idle) this.#idle = undefined;
    if (current === undefined) this.#current = turn;
    else {
      turn.next = current;
      turn.previous = current.previous;
      current.previous.next = turn;
      current.previous = turn;
    }
    this.#oldest.push(turn);
  }

  #leave(turn: Turn): void {
    this.#oldest.remove(turn);
    turn.previous.next = turn.next;
    turn.next.previous = turn.previous;
    if (this.#current === turn) this.#current = turn.next === turn ? undefined : turn.next;
    turn.next = turn.previous = turn;
    turn.credit = 0;
    if (this.#idle !== undefined) this.#forget(this.#idle);
    this.#idle = turn;
  }

  #forget(turn: Turn): void {
    this.#turns.delete(turn.origin);
    if (this.#recent === turn) this.#recent = undefined;
  }
}

function newTurn(origin: string): Turn {
  const turn: Partial<Turn> & Omit<Turn, 'next' | 'previous'> = {
    origin,
    line: new Line(),
    credit: 0,
    index: 0,
  };
  turn.next = turn.previous = turn as Turn;
  return turn as Turn;
}
