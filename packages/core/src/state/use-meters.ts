import type { CapabilityRecord, Instant } from '@tksm/abstractions';

/** Where the numbers of a handle with bounds are. */
export type MeterRow = number;

/** The row of handles that have no bound, neither of their own nor above. */
export const NO_METER: MeterRow = -1;

const UNBOUNDED = Number.POSITIVE_INFINITY;
/** Thirds of a token add up to one. */
const ROUNDING = 1e-6;

/** The columns of a row, which is as long as a line of memory. */
const ABOVE = 0;
const MOST = 1;
const LIMIT = 2;
const PERIOD = 3;
const USES = 4;
/** What was missing in the bucket of its rate, and when. */
const SPENT = 5;
const SINCE = 6;
const WIDTH = 8;

/** What is counted of a handle, as its record has it. */
type Counted = Pick<CapabilityRecord, 'uses' | 'spent'>;

/**
 * How often handles may be used, and were. A handle with a bound has a row, which leads to that of the next one above with a
 * bound. All the numbers of a row stand side by side: where there are very many handles, each is far from the processor.
 */
export class UseMeters {
  #numbers = new Float64Array(16 * WIDTH);
  #size = 0;
  readonly #free: MeterRow[] = [];

  /** The row for a handle: that of the one above when it has no bound of its own. */
  open({ caveats, uses = 0, spent }: CapabilityRecord, above: MeterRow): MeterRow {
    const { count = UNBOUNDED, rate } = caveats ?? {};
    if (count === UNBOUNDED && rate === undefined) return above;
    const { limit = UNBOUNDED, periodMs = 1 } = rate ?? {};
    const row = this.#free.pop() ?? this.#append();
    this.#numbers.set([above, count, limit, periodMs, uses, spent?.tokens ?? 0, spent?.at ?? 0], row * WIDTH);
    return row;
  }

  /** Frees the row of a handle that had a bound of its own. */
  close(row: MeterRow): void {
    this.#free.push(row);
  }

  /** The first, from a row up, that leaves no room for so many more uses. */
  refusing(row: MeterRow, more: number, now: Instant): MeterRow {
    for (let at = row; at !== NO_METER; at = this.#of(at, ABOVE)) if (this.isFull(at, more, now)) return at;
    return NO_METER;
  }

  /** Whether a row, whatever is above it, leaves no room for so many more uses. */
  isFull(row: MeterRow, more: number, now: Instant): boolean {
    return this.#of(row, USES) + more > this.#of(row, MOST) || this.excess(row, more, now) > 0;
  }

  /** By how much so many more uses exceed a rate by now. */
  excess(row: MeterRow, more: number, now: Instant): number {
    return this.#missing(row, now) + more - ROUNDING - this.#of(row, LIMIT);
  }

  /** Counts a use, of a row and all above it. */
  count(row: MeterRow, now: Instant): void {
    for (let at = row; at !== NO_METER; at = this.#of(at, ABOVE)) {
      const first = at * WIDTH;
      this.#numbers[first + SPENT] = this.#missing(at, now) + 1;
      this.#numbers[first + SINCE] = now;
      this.#numbers[first + USES] = this.#of(at, USES) + 1;
    }
  }

  read(row: MeterRow): Counted {
    const [uses, tokens, at] = [this.#of(row, USES), this.#of(row, SPENT), this.#of(row, SINCE)];
    return { ...(uses > 0 && { uses }), ...(tokens > 0 && { spent: { tokens, at } }) };
  }

  /** How many tokens are missing in the bucket of a rate by now; where there is none, nothing ever is. */
  #missing(row: MeterRow, now: Instant): number {
    const limit = this.#of(row, LIMIT);
    if (limit === UNBOUNDED) return 0;
    return Math.max(0, this.#of(row, SPENT) - ((now - this.#of(row, SINCE)) * limit) / this.#of(row, PERIOD));
  }

  #of(row: MeterRow, column: number): number {
    return this.#numbers[row * WIDTH + column] as number;
  }

  #append(): MeterRow {
    if ((this.#size + 1) * WIDTH > this.#numbers.length) {
      const wider = new Float64Array(this.#numbers.length * 2);
      wider.set(this.#numbers);
      this.#numbers = wider;
    }
    return this.#size++;
  }
}
