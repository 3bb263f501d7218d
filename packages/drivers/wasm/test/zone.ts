import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isKernelError } from '@tksm/abstractions';
import type { KernelError, Value } from '@tksm/abstractions';
import { fsDriver } from '@tksm/drivers-fs';
import { standInCalls } from '@tksm/drivers-memory';
import type { StandInCalls, StandInCallsOptions } from '@tksm/drivers-memory';
import { systemRandom, systemTimers } from '@tksm/drivers-system';
import { wasmDriver } from '../src/wasm-driver.ts';
import type { WasmOptions } from '../src/wasm-driver.ts';

/** The drivers `wasm` and `fs` over a folder that has `corp/in/a.txt`, `corp/in/deep/b.txt` and an empty `corp/out`. */
export interface TestZone {
  readonly root: string;
  open(options?: Partial<WasmOptions>, calls?: StandInCallsOptions): StandInCalls;
  remove(): void;
}

export function makeZone(): TestZone {
  const root = mkdtempSync(join(tmpdir(), 'tksm-wasm-'));
  mkdirSync(join(root, 'corp/in/deep'), { recursive: true });
  mkdirSync(join(root, 'corp/out'));
  writeFileSync(join(root, 'corp/in/a.txt'), 'hello');
  writeFileSync(join(root, 'corp/in/deep/b.txt'), 'deep');
  const fs = fsDriver({ random: systemRandom, root });
  return {
    root,
    open: (options = {}, calls = {}) =>
      standInCalls([wasmDriver({ timers: systemTimers, ...options }), fs], calls),
    remove: () => rmSync(root, { recursive: true }),
  };
}

/** What a call ends with: its output, or the error. */
export async function ended(call: Promise<Value>): Promise<Value | KernelError> {
  return call.catch((error: unknown) => {
    if (isKernelError(error)) return error;
    throw error;
  });
}

/** Runs a module from a blob. */
export async function run(calls: StandInCalls, module: Uint8Array, input: object = {}): Promise<Value> {
  const blob = await calls.blobs.write([module]);
  return calls.call('wasm', 'run', { module: { blob }, ...input });
}
