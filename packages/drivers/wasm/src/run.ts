import { askRight, driverEffect, KernelError } from '@tksm/abstractions';
import type { DriverCall, DriverEffect, RightUse, Timers, ValueObject } from '@tksm/abstractions';
import { boundedModule, PAGE_BYTES } from './binary/bounded-module.ts';
import { asValue, blobBytes, readBytes } from './bytes.ts';
import { copyIn } from './folders/copy-in.ts';
import { copyOut } from './folders/copy-out.ts';
import { refusedModule } from './module-error.ts';
import { RUN_LIMITS, runInput } from './run-input.ts';
import type { RunInput } from './run-input.ts';
import { runInThread } from './run-in-thread.ts';
import type { PlannedDir, ThreadOutput, ThreadPlan } from './thread-plan.ts';

export interface RunBounds {
  readonly timers: Timers;
  readonly maxMemoryBytes: number;
  readonly maxModuleBytes: number;
  readonly maxFiles: number;
  readonly maxFileBytes: number;
  readonly maxOutputBytes: number;
}

/** What of stderr an error tells, from its end; in bytes. */
const TOLD_BYTES = 2_048;

/**
 * `wasm.run`: runs a program until it ends, `{ exitCode, stdout, stderr, written }`. It sees the folders of its input, as they
 * were when it began; what it left in those it may write to is copied back when it ended with 0, `written` files. The
 * outputs are text when they are UTF-8, else bytes, or `{ blob }` when they are long.
 */
export function runOperation(bounds: RunBounds): DriverEffect<RunInput> {
  return driverEffect({
    summary: 'Runs a WebAssembly program (WASI preview 1)',
    input: runInput,
    asks: ({ module }) => [useOf(module)],
    run: async (input, permit, call) => {
      const plan = await planOf(input, bounds, call);
      const { signal } = call;
      const { timeoutMs = RUN_LIMITS.timeoutMs } = input;
      const output = await runInThread(permit, plan, { timeoutMs, signal, timers: bounds.timers });
      return settled(output, input, call);
    },
  });
}

function useOf(module: RunInput['module']): RightUse {
  if ('blob' in module) return { action: 'wasm.run', resource: module.blob.hash };
  const { action, resource } = askRight('wasm.run', module.path);
  return { action, resource, path: resource };
}

async function planOf(input: RunInput, bounds: RunBounds, call: DriverCall): Promise<ThreadPlan> {
  const { args = [], env = {}, dirs = [] } = input;
  const { maxFiles, maxFileBytes, maxOutputBytes, maxMemoryBytes } = bounds;
  const { memoryBytes = Math.min(RUN_LIMITS.memoryBytes, maxMemoryBytes) } = input;
  if (memoryBytes > maxMemoryBytes) throw tooMuchMemory(maxMemoryBytes);
  const module = await moduleBytes(input.module, bounds.maxModuleBytes, call);
  const left = { files: maxFiles, bytes: maxFileBytes };
  const planned: PlannedDir[] = [];
  for (const dir of dirs) planned.push(await copyIn(dir, left, call));
  return {
    module: boundedModule(module, Math.floor(memoryBytes / PAGE_BYTES)),
    args,
    env: Object.entries(env).map(([name, value]) => `${name}=${value}`),
    stdin: await stdinBytes(input.stdin, maxFileBytes, call),
    dirs: planned,
    ...{ maxFiles, maxFileBytes, maxOutputBytes },
  };
}

async function moduleBytes(
  module: RunInput['module'],
  maxBytes: number,
  { call, blobs }: DriverCall,
): Promise<Uint8Array> {
  if ('blob' in module) return blobBytes(blobs, module.blob.hash, maxBytes);
  return readBytes(await call('fs', 'read', { path: module.path, as: 'bytes' }), blobs, maxBytes);
}

async function stdinBytes(
  stdin: RunInput['stdin'],
  maxBytes: number,
  { blobs }: DriverCall,
): Promise<Uint8Array> {
  if (stdin === undefined || typeof stdin === 'string') return new Uint8Array(Buffer.from(stdin ?? ''));
  return stdin instanceof Uint8Array ? stdin : blobBytes(blobs, stdin.blob.hash, maxBytes);
}

function tooMuchMemory(most: number): KernelError {
  const next = 'ask for less, or raise maxMemoryBytes of the driver';
  return new KernelError('InvalidInput', `memoryBytes may be ${most} here at most`, { data: { most }, next });
}

async function settled(
  { end, stdout, stderr }: ThreadOutput,
  input: RunInput,
  call: DriverCall,
): Promise<ValueObject> {
  if (end.type === 'refused') throw refusedModule(end.why);
  if (end.type === 'trapped') {
    const told = Buffer.from(stderr.subarray(-TOLD_BYTES)).toString('utf8').toWellFormed();
    throw new KernelError('ModuleFailed', `the module failed: ${end.why}`, {
      data: { why: end.why, stderr: told },
    });
  }
  const { exitCode, dirs } = end;
  const written = await copyOut(input.dirs ?? [], dirs, call);
  const outputs = { stdout: await asValue(stdout, call.blobs), stderr: await asValue(stderr, call.blobs) };
  return { exitCode, ...outputs, written };
}
