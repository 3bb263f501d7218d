import { fromStored } from '@tksm/abstractions';
import type { Frame, JobId, LogReader, RecordedEvent, Value } from '@tksm/abstractions';
import { readEvents } from '@tksm/core';

const HASH_KIND = 'files.sha256';
const LIST_KIND = 'files.list';

/**
 * What the log says of an inventory, folded from its events alone: not from what any process says of itself.
 *
 * Doubled work is a file that a job was leased for after it had been hashed, by the same job or by another.
 */
export class LogFacts {
  position = 0;
  frames = 0;
  /** Of the last frame read. */
  hash = '';
  jobs = 0;
  processes = 0;
  retries = 0;
  interrupted = 0;
  hashed = 0;
  bytes = 0;
  doubled = 0;
  /** Files that the list found, once it has. */
  files: number | undefined;
  root: Value = null;
  readonly #kinds = new Map<JobId, { readonly kind: string; readonly file: string }>();
  readonly #hashed = new Set<string>();

  /** Reads on from where the last reading stopped. */
  async readOn(log: LogReader): Promise<void> {
    const counted: LogReader = {
      head: () => log.head(),
      read: (options) => this.#countFrames(log.read(options)),
      close: () => log.close(),
    };
    for await (const recorded of readEvents(counted, this.position)) this.#apply(recorded);
  }

  async *#countFrames(frames: AsyncIterable<Frame>): AsyncGenerator<Frame, void> {
    for await (const frame of frames) {
      this.frames += 1;
      this.hash = frame.hash;
      yield frame;
    }
  }

  #apply({ position, event }: RecordedEvent): void {
    this.position = position + 1;
    switch (event.type) {
      case 'sequencer.claimed':
        this.processes += 1;
        break;
      case 'job.submitted':
        if (event.spec.correlation?.startsWith('run:')) this.jobs += 1;
        this.#kinds.set(event.job, { kind: event.spec.kind, file: JSON.stringify(event.spec.input) });
        break;
      case 'job.leased':
        if (this.#hashed.has(this.#fileOf(event.job))) this.doubled += 1;
        break;
      case 'job.attempt-failed':
        this.retries += 1;
        break;
      case 'job.interrupted':
        this.interrupted += 1;
        break;
      case 'job.succeeded':
        this.#succeeded(event.job, fromStored(event.output));
        break;
      default:
        break;
    }
  }

  #succeeded(job: JobId, output: Value): void {
    const { kind } = this.#kinds.get(job) ?? {};
    const facts = output as { readonly count?: number; readonly root?: Value; readonly size?: number };
    if (kind === LIST_KIND) {
      this.files = facts.count;
      this.root = facts.root ?? null;
    }
    if (kind !== HASH_KIND) return;
    const file = this.#fileOf(job);
    if (this.#hashed.has(file)) this.doubled += 1;
    this.#hashed.add(file);
    this.hashed += 1;
    this.bytes += facts.size ?? 0;
  }

  /** The file of a hash job; nothing that was hashed, for another. */
  #fileOf(job: JobId): string {
    const known = this.#kinds.get(job);
    return known?.kind === HASH_KIND ? known.file : '';
  }
}
