/** An error as the calls of node:fs throw them. */
export function systemError(code: string, syscall: string, message = 'failed'): Error {
  return Object.assign(new Error(`${code}: ${message}, ${syscall}`), { code, syscall });
}

/** Name of the system's error, as `ENOENT`; undefined for an error that is not the system's. */
export function errnoOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('syscall' in error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
