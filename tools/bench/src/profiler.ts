import { mkdirSync, writeFileSync } from 'node:fs';
import { Session } from 'node:inspector';
import path from 'node:path';

const INTERVAL_US = 200;

/** Writes a V8 CPU profile of what lies between start and stop, for Chrome's developer tools. */
export class Profiler {
  readonly #session = new Session();
  readonly #file: string;

  constructor(dir: string, name: string) {
    mkdirSync(dir, { recursive: true });
    this.#file = path.join(dir, `${name}.cpuprofile`);
    this.#session.connect();
    this.#session.post('Profiler.enable');
    this.#session.post('Profiler.setSamplingInterval', { interval: INTERVAL_US });
  }

  start(): void {
    this.#session.post('Profiler.start');
  }

  stop(): void {
    // Called back before `post` returns: the session lives in this thread.
    this.#session.post('Profiler.stop', (failed, result) => {
      if (failed === null) writeFileSync(this.#file, JSON.stringify(result.profile));
    });
  }
}
