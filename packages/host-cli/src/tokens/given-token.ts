import { stat } from 'node:fs/promises';
import type { Invocation } from '../program/invocation.ts';
import { inTime } from '../zone/until-interrupted.ts';
import { chosenTokenFile } from './chosen-token-file.ts';
import { isExposed } from './exposed-keys.ts';
import { readToken } from './token-file.ts';

type Given = Pick<Invocation, 'flags' | 'env' | 'output'>;

/** The token that a command acts under. Warns when others can read it. @throws KernelError `FileNotFound`, `FileUnreadable`, `Timeout` */
export async function givenToken(call: Given): Promise<string | undefined> {
  const file = chosenTokenFile(call);
  if (file === undefined) return undefined;
  const token = await inTime(call, readToken(file));
  const mode = file === '-' ? 0 : (await stat(file)).mode;
  if (isExposed(mode))
    call.output.notice(`others can read or change ${file}, and with it what it allows: chmod 600 ${file}`);
  return token;
}
