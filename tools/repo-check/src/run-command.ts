import { spawn } from 'node:child_process';

export interface CommandResult {
  readonly ok: boolean;
  /** Standard output and error in the order they came, cut to the last `maxOutputChars`. */
  readonly output: string;
  readonly stdout: string;
}

export interface CommandOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}

const maxOutputChars = 200_000;
const timeoutMs = 15 * 60_000;

// Set by an outer test run or a terminal; a guard must give the same answer without them.
const dropped = /^(?:VITEST.*|TKSM_TEST_REPORT|NODE_OPTIONS|FORCE_COLOR|TEST|NODE_ENV)$/;

/** Runs a program to its end; a program that cannot start or outlives 15 minutes counts as failed. */
export function runCommand(
  program: string,
  args: readonly string[],
  options: CommandOptions,
): Promise<CommandResult> {
  const inherited = Object.entries(process.env).filter(([name]) => !dropped.test(name));
  const env = { ...Object.fromEntries(inherited), NO_COLOR: '1', ...options.env };
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: options.cwd,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: timeoutMs,
    });
    let output = '';
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      stdout += chunk;
      output = (output + chunk).slice(-maxOutputChars);
    });
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      output = (output + chunk).slice(-maxOutputChars);
    });
    child.on('error', (error) => {
      resolve({ ok: false, output: `${program}: ${error.message}`, stdout });
    });
    child.on('close', (code) => {
      resolve({ ok: code === 0, output, stdout });
    });
  });
}
