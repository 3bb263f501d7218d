import { setTimeout as sleep } from 'node:timers/promises';
import { cpuUse, foreignCores } from './machine/cpu-use.ts';
import { deviceFlushes } from './machine/device-flushes.ts';
import type { Profiler } from './profiler.ts';

/** Others may use this much of a core when a measurement begins. */
const QUIET_CORES = 0.15;
const LOOK_MS = 400;

export interface Reading {
  readonly ms: number;
  readonly figures: Readonly<Record<string, number>>;
}

/** Times a piece of work, and notes what the disk and other processes did meanwhile. */
export class Meter {
  readonly #dir: string;
  readonly #gateMs: number;
  readonly #profiler: Profiler | undefined;
  readonly #ours: readonly number[];

  /** `gateMs`: the longest wait for a quiet machine. `servers`: processes that work for what is measured. */
  constructor(
    dir: string,
    gateMs: number,
    {
      profiler,
      servers = [],
    }: { readonly profiler?: Profiler | undefined; readonly servers?: readonly number[] } = {},
  ) {
    this.#dir = dir;
    this.#gateMs = gateMs;
    this.#profiler = profiler;
    this.#ours = [process.pid, ...servers];
  }

  /** Waits until others are quiet, and begins with a clean heap. */
  async gate(): Promise<void> {
    const endsAt = performance.now() + this.#gateMs;
    while (performance.now() < endsAt) {
      const before = cpuUse(this.#ours);
      await sleep(LOOK_MS);
      if ((foreignCores(before, cpuUse(this.#ours)) ?? 0) < QUIET_CORES) break;
    }
    globalThis.gc?.();
  }

  /** Starts the clock; the returned call stops it. `n` operations share the flushes. */
  start(n: number): () => Reading {
    const use = cpuUse(this.#ours);
    const flushes = deviceFlushes(this.#dir);
    this.#profiler?.start();
    const startedAt = performance.now();
    return () => {
      const ms = performance.now() - startedAt;
      this.#profiler?.stop();
      const flushed = deviceFlushes(this.#dir);
      const cores = foreignCores(use, cpuUse(this.#ours));
      return {
        ms,
        figures: {
          ms,
          ops_per_s: n / (ms / 1_000),
          ...(flushes !== undefined &&
            flushed !== undefined && { device_flushes_per_op: (flushed - flushes) / n }),
          ...(cores !== undefined && { foreign_cores: cores }),
        },
      };
    };
  }
}
