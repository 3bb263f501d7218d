import { KernelError } from '@tksm/abstractions';
import { Worker } from 'node:worker_threads';
import type { IndexFolder } from './index-folder.ts';
import type { WriterAnswer, WriterRequest } from './writer-request.ts';

// From sources, Node strips the types of the thread's file; from dist there is nothing to strip.
const THREAD_FILE = import.meta.url.endsWith('.ts')
  ? new URL('./writer-thread.ts', import.meta.url)
  : new URL('./writer-thread.js', import.meta.url);

interface Asked {
  resolve(): void;
  reject(error: KernelError): void;
}

/** The way to the writing thread. It begins with the first request, and keeps no process alive that has none open. */
export class WriterLink {
  readonly #folder: IndexFolder;
  #worker: Worker | undefined;
  #asked: Asked[] = [];

  constructor(folder: IndexFolder) {
    this.#folder = folder;
  }

  /** @throws KernelError `DiskFull`, `StorageFailed` */
  ask(request: WriterRequest): Promise<void> {
    const worker = (this.#worker ??= this.#begin());
    worker.ref();
    return new Promise((resolve, reject) => {
      this.#asked.push({ resolve, reject });
      worker.postMessage(request, request.what === 'write' ? [request.rows.buffer] : []);
    });
  }

  /** Ends the thread after what it was asked. */
  async close(): Promise<void> {
    if (this.#worker === undefined) return;
    await this.ask({ what: 'close' });
    await this.#worker.terminate();
  }

  #begin(): Worker {
    const worker = new Worker(THREAD_FILE, { workerData: this.#folder, execArgv: [] });
    worker.on('message', (answer: WriterAnswer) => {
      const asked = this.#asked.shift();
      if (this.#asked.length === 0) worker.unref();
      if (answer === undefined) asked?.resolve();
      else asked?.reject(new KernelError(answer.code, `the job index cannot be written: ${answer.message}`));
    });
    worker.on('error', (cause) => {
      this.#end(new KernelError('StorageFailed', 'the thread that writes the job index failed', { cause }));
    });
    return worker;
  }

  /** The next request begins a new thread. */
  #end(error: KernelError): void {
    const asked = this.#asked;
    this.#asked = [];
    this.#worker = undefined;
    for (const { reject } of asked) reject(error);
  }
}
