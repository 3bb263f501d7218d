import { deferredSchema } from '@tksm/abstractions';
import type { StandardSchema } from '@tksm/abstractions';

/** Bounds of a command: arguments, variables, bytes of each stream that are kept. */
export const SHELL_LIMITS = Object.freeze({
  maxArguments: 4_096,
  maxVariables: 1_024,
  maxOutputBytes: 65_536,
  /** Longest time of an attempt whose job names none. */
  attemptTimeoutMs: 600_000,
  maxTimeoutMs: 7 * 86_400_000,
});

export interface CommandOptions {
  readonly cwd?: string | undefined;
  /** Added to PATH, HOME and LANG; nothing else of the kernel's environment is passed on. A secret is a `$secretRef`. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly stdin?: string | Uint8Array | undefined;
  /** Counts within the attempt's own timeout, which comes from the job. */
  readonly timeoutMs?: number | undefined;
  /** Kept of each stream, half of it from the start and half from the end. Default and maximum 64 KiB. */
  readonly maxOutputBytes?: number | undefined;
  /** `blob`: a stream longer than that is stored whole beside the result. */
  readonly captureTo?: 'blob' | undefined;
  /** Exit codes that count as success. Default 0 alone. */
  readonly okExitCodes?: readonly number[] | undefined;
  /** Exit codes after which trying again is useless. */
  readonly permanentExitCodes?: readonly number[] | undefined;
}

/** A program with its arguments, or a text for `/bin/sh -c`; one of the two. */
export type ShellInput =
  | (CommandOptions & { readonly argv: readonly string[]; readonly shell?: undefined })
  | (CommandOptions & { readonly shell: string; readonly argv?: undefined });

export const shellInput: StandardSchema<unknown, ShellInput> = deferredSchema('tksm', async () => {
  const { z } = await import('zod');
  const text = z.string().refine((value) => !value.includes('\0'), 'must not contain a NUL character');
  const exitCodes = z.array(z.int().min(0).max(255)).max(256);
  const options = {
    cwd: text.min(1).optional(),
    env: z
      .record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'is not the name of a variable'), text)
      .refine((env) => Object.keys(env).length <= SHELL_LIMITS.maxVariables, 'has too many variables')
      .optional(),
    stdin: z
      .union(
        [z.string(), z.custom<Uint8Array>((value) => value instanceof Uint8Array)],
        'is not a text or bytes',
      )
      .optional(),
    timeoutMs: z.int().min(1).max(SHELL_LIMITS.maxTimeoutMs).optional(),
    maxOutputBytes: z.int().min(0).max(SHELL_LIMITS.maxOutputBytes).optional(),
    captureTo: z.literal('blob').optional(),
    okExitCodes: exitCodes.min(1).optional(),
    permanentExitCodes: exitCodes.optional(),
  };
  const argv = z.tuple([text.min(1)], text).refine((list) => list.length <= SHELL_LIMITS.maxArguments);
  return z
    .strictObject({ ...options, argv: argv.optional(), shell: text.min(1).optional() })
    .refine(({ argv, shell }) => (argv === undefined) !== (shell === undefined), 'name either argv or shell')
    .transform((input) => input as ShellInput);
});
