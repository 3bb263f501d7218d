import { coversRight, KernelError, parseRight } from '@tksm/abstractions';
import type { CapabilityGrant } from '@tksm/abstractions';
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
  const before = blocks.at(-1)?.grant.rights ?? [];
  const grant = givenGrant(call, flags.has('right') ? flags.list('right') : before);
  checkChanges(before, grant);
  const attenuated = await biscuitHolder.attenuate(token, grant);
  await writeToken(out, attenuated);
  sayWritten(call, out, await biscuitHolder.inspect(attenuated));
  return EXIT.ok;
};

/** A note alone makes a token that can be revoked by itself. @throws KernelError `UsageError` when a grant says nothing new */
function checkChanges(before: readonly string[], { rights, caveats = {}, note }: CapabilityGrant): void {
  if (note !== undefined || Object.keys(caveats).length > 0) return;
  const kept = rights.map(parseRight);
  if (before.map(parseRight).some((right) => !kept.some((each) => coversRight(each, right)))) return;
  throw new KernelError('UsageError', 'the token would allow all that this one does', {
    next: 'say what is less: --right with a part of its rights, or a caveat, as --expires 5m',
  });
}
