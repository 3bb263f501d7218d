import { appendFileSync, readFileSync } from 'node:fs';

/** What workers did, line by line, so that it outlives them. */
export class Journal {
  readonly file: string;

  constructor(file: string) {
    this.file = file;
  }

  started(i: number): void {
    appendFileSync(this.file, `s ${i}\n`);
  }

  ended(i: number): void {
    appendFileSync(this.file, `e ${i}\n`);
  }

  recorded(i: number): void {
    appendFileSync(this.file, `r ${i}\n`);
  }

  /** Every completion is recorded: the time now, in milliseconds since 1970. */
  finished(): void {
    appendFileSync(this.file, `f ${Date.now()}\n`);
  }

  read(): Entries {
    const starts: number[] = [];
    const ended = new Set<number>();
    const recorded = new Set<number>();
    let finishedAt: number | undefined;
    for (const line of this.#lines()) {
      const value = Number(line.slice(2));
      if (line.startsWith('s')) starts.push(value);
      else if (line.startsWith('e')) ended.add(value);
      else if (line.startsWith('r')) recorded.add(value);
      else finishedAt = value;
    }
    return { starts, ended, recorded, ...(finishedAt !== undefined && { finishedAt }) };
  }

  /** Whole lines only: the last one may be under way. */
  #lines(): readonly string[] {
    try {
      return readFileSync(this.file, 'utf8').split('\n').slice(0, -1);
    } catch {
      // Nothing has been written yet.
      return [];
    }
  }
}

export interface Entries {
  /** In order, repeated ones included. */
  readonly starts: readonly number[];
  readonly ended: ReadonlySet<number>;
  readonly recorded: ReadonlySet<number>;
  readonly finishedAt?: number;
}
