import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { TaskContext, Value } from '@tksm/abstractions';
import { loadHandler } from './load-handler.ts';

/** What the kind `module` runs, and with what. */
export interface ModuleInput {
  /** File of an ES module, below the folder that the kernel was started in, or absolute. */
  readonly module: string;
  /** Name of the function that it exports. Default `run`. */
  readonly handler?: string | undefined;
  readonly input?: Value | undefined;
}

/** Runs a function of any module: an isolate is used for one run, so that a file which has changed is read anew. */
export async function run(
  { module, handler = 'run', input }: ModuleInput,
  context: TaskContext,
): Promise<unknown> {
  const found = await loadHandler({ module: pathToFileURL(resolve(module)).href, handler });
  return await found(input ?? null, context);
}
