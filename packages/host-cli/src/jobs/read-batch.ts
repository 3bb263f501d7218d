import { fromStored, isKernelError, JOB_OPTIONS, KernelError, toStored } from '@tksm/abstractions';
import type { Command, JobOptions } from '@tksm/abstractions';

/** What a job of a batch has where its line says nothing. */
export type BatchDefaults = JobOptions & { readonly kind?: string };

const FIELDS: ReadonlySet<string> = new Set(['kind', 'input', ...JOB_OPTIONS]);

/** Reads a batch: a job a line, as JSON; blank lines are none. @throws KernelError `InvalidInput` with `data.line` */
export function readBatch(text: string, defaults: BatchDefaults): readonly Command[] {
  return text.split('\n').flatMap((line, at) => {
    if (line.trim() === '') return [];
    try {
      return [commandOf(JSON.parse(line) as unknown, defaults)];
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      const code = isKernelError(cause) ? cause.code : 'InvalidInput';
      const next = 'write a line as {"kind":"shell","input":{…},"priority":9}';
      throw new KernelError(code, `line ${at + 1}: ${why}`, { data: { line: at + 1 }, cause, next });
    }
  });
}

function commandOf(given: unknown, defaults: BatchDefaults): Command {
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw new KernelError('InvalidInput', 'a job is an object');
  const unknown = Object.keys(given).find((field) => !FIELDS.has(field));
  if (unknown !== undefined) throw new KernelError('InvalidInput', `${unknown} is no field of a job`);
  const { input, ...options } = given as Partial<Command>;
  const { kind } = { ...defaults, ...options };
  if (typeof kind !== 'string') throw new KernelError('InvalidInput', 'a job names its kind');
  return {
    ...defaults,
    ...options,
    kind,
    ...(input !== undefined && { input: fromStored(toStored(input, 'kept')) }),
  };
}
