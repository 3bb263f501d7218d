// Guarantees: from where it begins, every event is folded exactly once and in order, whatever stops it in between; state and
// position are kept together or not at all; what was kept is used only for the version and the history it was made of.

import { KernelError, noLogger } from '@tksm/abstractions';
import type {
  BookmarkStore,
  EventSource,
  Logger,
  Position,
  Projection,
  RecordedEvent,
  Signal,
} from '@tksm/abstractions';
import { lastRead, markOf, OTHER_HISTORY, readBookmark, writeBookmark } from './bookmark.ts';
import type { Bookmark } from './bookmark.ts';

/** Events between two bookmarks, while it reads on. */
const KEEP_EVERY = 50_000;
const NAME = /^[a-z][a-z0-9-]{0,63}$/;

export interface ProjectionOptions {
  readonly source: EventSource;
  /** Where it keeps its bookmark. Without: it begins anew each time. */
  readonly bookmarks?: BookmarkStore;
  readonly logger?: Logger;
  /** Events between two bookmarks. Default 50,000; another is kept whenever it has caught up or stops. */
  readonly keepEvery?: number;
}

/** How far a projection is. */
export interface ProjectionProgress {
  /** Where it began. */
  readonly from: Position;
  /** The next event it wants. */
  readonly position: Position;
  /** Number of events there are. */
  readonly head: Position;
  /** Events that it has not read yet. */
  readonly lag: number;
}

/** Runs one projection over one source. One call at a time; `state` and `progress` may be read whenever. */
export class ProjectionRunner<State> {
  readonly #projection: Projection<State>;
  readonly #source: EventSource;
  readonly #bookmarks: BookmarkStore | undefined;
  readonly #logger: Logger;
  readonly #keepEvery: number;
  #state: State;
  #from: Position = 0;
  #position: Position = 0;
  #last: RecordedEvent | undefined;
  /** Mark of the last event before a bookmark, until the source was seen to have that event. */
  #unproved: string | undefined;
  #kept: Position = 0;
  #isRunning = false;

  private constructor(projection: Projection<State>, options: ProjectionOptions) {
    if (!NAME.test(projection.name)) {
      throw new KernelError('InvalidInput', `${JSON.stringify(projection.name)} is no name of a projection`);
    }
    this.#projection = projection;
    this.#source = options.source;
    this.#bookmarks = options.bookmarks;
    this.#logger = options.logger ?? noLogger;
    this.#keepEvery = options.keepEvery ?? KEEP_EVERY;
    this.#state = projection.initial();
  }

  /** Begins where the bookmark is, or at zero. @throws KernelError `InvalidInput` for the name */
  static async open<State>(
    projection: Projection<State>,
    options: ProjectionOptions,
  ): Promise<ProjectionRunner<State>> {
    const runner = new ProjectionRunner(projection, options);
    await runner.#load();
    return runner;
  }

  get state(): State {
    return this.#state;
  }

  get position(): Position {
    return this.#position;
  }

  async progress(): Promise<ProjectionProgress> {
    const head = await this.#source.head();
    const [from, position] = [this.#from, this.#position];
    return { from, position, head, lag: Math.max(0, head - position) };
  }

  /** Reads up to the head at the time of the call. @throws KernelError `ProjectionFailed`, and what the source throws */
  async catchUp(): Promise<void> {
    await this.#alone(async () => {
      const head = await this.#proved();
      if (this.#position < head) await this.#read(head);
    });
  }

  /** Reads, and goes on with what comes, until the signal aborts or the source ends. @throws as `catchUp` */
  async follow(signal?: Signal): Promise<void> {
    await this.#alone(async () => {
      await this.#proved();
      await this.#read(Number.POSITIVE_INFINITY, signal);
    });
  }

  /** Drops what there is and computes it anew, of the events from a position on. @throws as `catchUp` */
  async rebuild(from: Position = 0): Promise<void> {
    await this.#alone(async () => {
      await this.#bookmarks?.remove(this.#projection.name);
      this.#begin(from);
      await this.#read(await this.#source.head());
    });
  }

  /** Drops what there is, the bookmark too. The next call begins at zero. */
  async drop(): Promise<void> {
    await this.#alone(async () => {
      await this.#bookmarks?.remove(this.#projection.name);
      this.#begin(0);
    });
  }

  async #alone(call: () => Promise<void>): Promise<void> {
    if (this.#isRunning) throw new KernelError('InvalidOperation', `${this.#projection.name} is being read`);
    this.#isRunning = true;
    try {
      await call();
    } finally {
      this.#isRunning = false;
    }
  }

  #begin(from: Position): void {
    this.#state = this.#projection.initial();
    this.#from = this.#position = this.#kept = from;
    this.#last = this.#unproved = undefined;
  }

  async #load(): Promise<void> {
    let text: string | undefined;
    try {
      text = await this.#bookmarks?.read(this.#projection.name);
    } catch (error) {
      this.#rebuilt(messageOf(error));
    }
    if (text === undefined) return;
    const reading = readBookmark<State>(this.#projection, text);
    if ('why' in reading) this.#rebuilt(reading.why);
    else this.#resume(reading.bookmark);
  }

  #resume({ from, position, last, state }: Bookmark<State>): void {
    this.#state = state;
    this.#from = from;
    this.#position = this.#kept = position;
    this.#unproved = last;
  }

  /** Makes sure that the source goes on from what was kept; begins anew when it does not. Answers the head. */
  async #proved(): Promise<Position> {
    const head = await this.#source.head();
    if (this.#unproved === undefined) return head;
    this.#last = await lastRead(this.#source, this.#position, this.#unproved);
    if (this.#last === undefined) this.#rebuilt(OTHER_HISTORY);
    this.#unproved = undefined;
    return head;
  }

  #rebuilt(why: string): void {
    const { name: projection, version } = this.#projection;
    this.#logger.log('warn', 'a bookmark is of no use; the projection is rebuilt', {
      projection,
      version,
      why,
    });
    this.#begin(0);
  }

  async #read(until: Position, signal?: Signal): Promise<void> {
    const options = { from: this.#position, ...(signal && { signal }) };
    if (this.#position >= until) return;
    try {
      for await (const recorded of this.#source.events(options)) {
        this.#fold(recorded);
        if (this.#position - this.#kept >= this.#keepEvery) await this.#keep();
        if (this.#position >= until) break;
      }
    } finally {
      await this.#keep();
    }
  }

  #fold(recorded: RecordedEvent): void {
    try {
      if (recorded.position !== this.#position) throw new Error(`it was given event ${recorded.position}`);
      this.#state = this.#projection.apply(this.#state, recorded);
    } catch (cause) {
      const { name } = this.#projection;
      const position = this.#position;
      // Half of an event may be in the state.
      this.#begin(this.#from);
      const message = `${name} cannot take event ${position}: ${messageOf(cause)}`;
      throw new KernelError('ProjectionFailed', message, { data: { name, position }, cause });
    }
    this.#last = recorded;
    this.#position = recorded.position + 1;
  }

  async #keep(): Promise<void> {
    if (this.#bookmarks === undefined || this.#position === this.#kept || this.#last === undefined) return;
    const [from, position, state] = [this.#from, this.#position, this.#state];
    try {
      const bookmark = { from, position, last: markOf(this.#last), state };
      await this.#bookmarks.write(this.#projection.name, writeBookmark(this.#projection, bookmark));
    } catch (error) {
      const { name: projection } = this.#projection;
      const why = messageOf(error);
      this.#logger.log('warn', 'the bookmark of a projection cannot be kept', { projection, why });
    }
    // One that cannot be kept is tried again after as many events.
    this.#kept = position;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
