import type { Handler } from '../program/invocation.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { namedToken } from '../tokens/named-token.ts';
import { perform } from '../zone/perform.ts';

export const tokenRevoke: Handler = async (call) => {
  const { args, flags, output } = call;
  const { id, expiresAt } = await namedToken(call, args[0] ?? '');
  const reason = flags.text('reason');
  const performed = await perform(call, 'token.revoke', {
    id,
    ...(reason !== undefined && { reason }),
    ...(expiresAt !== undefined && { expiresAt }),
  });
  if (performed === undefined) return EXIT.failed;
  const revoked = performed.output['revoked'] === true;
  if (output.settings.json) output.document({ token: id, revoked });
  else if (revoked) output.notice(`revoked ${id.slice(0, 16)}…, and every token that was made from it`);
  else output.notice(`${id.slice(0, 16)}… was revoked before, or has expired`);
  return EXIT.ok;
};
