import { deferredSchema, RINGS } from '@tksm/abstractions';
import type { StandardSchema, TaskKind, Value } from '@tksm/abstractions';
import { MODULE_RUNNER } from './inside/entries.ts';
import type { ModuleInput } from './inside/run-module.ts';
import { isolatedKind } from './isolated-kind.ts';
import type { IsolatePorts } from './isolated-kind.ts';

/** Longest time of an attempt whose job names none. */
const TIMEOUT_MS = 600_000;
/** Longest path of a module, and name of a handler. */
const MAX_PATH = 4_096;
const MAX_NAME = 128;

const moduleInput: StandardSchema<unknown, ModuleInput> = deferredSchema('tksm', async () => {
  const { z } = await import('zod');
  return z
    .strictObject({
      module: z.string().min(1).max(MAX_PATH),
      handler: z.string().min(1).max(MAX_NAME).optional(),
      input: z.unknown().optional(),
    })
    .transform((input) => input as ModuleInput);
});

/**
 * The kind `module`: runs a function that an ES module exports, in a process of its own, and answers with what it returns.
 * As every isolated kind it fails with `HandlerStalled`, `WorkerMisbehaved`, `WorkerUnusable` (no such module or function).
 */
export function moduleKind(ports: IsolatePorts): TaskKind<ModuleInput, Value | undefined> {
  return isolatedKind<ModuleInput>(
    {
      name: 'module',
      summary: 'Runs a function of an ES module in a process of its own',
      input: moduleInput,
      ring: RINGS.plugin,
      module: MODULE_RUNNER,
      in: 'process',
      timeoutMs: TIMEOUT_MS,
      maxRuns: 1,
    },
    ports,
  );
}
