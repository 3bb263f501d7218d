import { biscuitHolder } from '@tksm/drivers-biscuit';
import type { Handler } from '../program/invocation.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { givenGrant, givenOut } from '../tokens/given-grant.ts';
import { sayWritten } from '../tokens/say-written.ts';
import { readToken, writeToken } from '../tokens/token-file.ts';

export const tokenAttenuate: Handler = async (call) => {
  const { args, flags } = call;
  const out = givenOut(call);
  const token = await readToken(args[0] ?? '');
  const { blocks } = await biscuitHolder.inspect(token);
  const rights = flags.has('right') ? flags.list('right') : (blocks.at(-1)?.grant.rights ?? []);
  const attenuated = await biscuitHolder.attenuate(token, givenGrant(call, rights));
  await writeToken(out, attenuated);
  sayWritten(call, out, await biscuitHolder.inspect(attenuated));
  return EXIT.ok;
};
