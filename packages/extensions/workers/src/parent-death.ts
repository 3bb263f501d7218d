import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join, resolve } from 'node:path';

/**
 * The words before a command that make Linux kill it when the kernel's process dies, or undefined where util-linux'
 * `setpriv` is missing. Only the command itself dies, not what it started; `leftoversOf` finds the rest.
 */
export async function parentDeathPrefix(path: string | undefined): Promise<readonly string[] | undefined> {
  if (process.platform !== 'linux') return undefined;
  const setpriv = await findProgram('setpriv', path, undefined);
  if (setpriv === undefined) return undefined;
  const help = await new Promise<string>((done) => {
    execFile(setpriv, ['--help'], { env: {} }, (_error, stdout) => done(stdout));
  });
  return help.includes('--pdeathsig') ? [setpriv, '--pdeathsig', 'KILL', '--'] : undefined;
}

/** Where a program lies, as execvp(3) looks for it; undefined when nowhere. */
export async function findProgram(
  program: string,
  path: string | undefined,
  cwd: string | undefined,
): Promise<string | undefined> {
  const base = resolve(cwd ?? '.');
  const places = program.includes('/')
    ? [resolve(base, program)]
    : (path ?? '').split(delimiter).map((folder) => join(resolve(base, folder), program));
  for (const place of places) {
    const runs = await access(place, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (runs) return place;
  }
  return undefined;
}
