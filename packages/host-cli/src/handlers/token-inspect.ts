import { isKernelError, KernelError } from '@tksm/abstractions';
import type { StateReader, TokenBlock } from '@tksm/abstractions';
import { biscuitHolder, openBiscuitIssuer } from '@tksm/drivers-biscuit';
import { openDiskRootKeys } from '@tksm/drivers-disk';
import { systemClock } from '@tksm/drivers-system';
import type { Handler } from '../program/invocation.ts';
import { EXIT, exitCodeOf } from '../terminal/exit-code.ts';
import { renderError } from '../terminal/render-error.ts';
import { printTable } from '../terminal/table.ts';
import { caveatsText } from '../tokens/caveats-text.ts';
import { readToken } from '../tokens/token-file.ts';
import { dataFolder } from '../zone/configuration.ts';
import { lookIfThere } from '../zone/look.ts';

export const tokenInspect: Handler = async (call) => {
  const { args, output } = call;
  const token = await readToken(args[0] ?? '');
  const contents = await biscuitHolder.inspect(token);
  const { zone, rootKey, blocks } = contents;
  const dir = await dataFolder(call);
  const state = (await lookIfThere(dir))?.state;
  const refused = state === undefined ? undefined : await refusalOf(dir, token, state);
  const verified = state !== undefined && refused === undefined;
  if (output.settings.json) {
    output.document({ zone, rootKey, verified, ...(refused && { refused: refused.toJSON() }), blocks });
    return refused === undefined ? EXIT.ok : exitCodeOf(refused);
  }
  const now = systemClock.now();
  printTable<TokenBlock>(
    output,
    [
      { title: 'BLOCK', text: (block) => String(blocks.indexOf(block)), align: 'right' },
      { title: 'RIGHTS', text: ({ grant }) => grant.rights.join(', ') },
      {
        title: 'CAVEATS',
        text: ({ grant }) => caveatsText(grant.caveats, now),
        plain: ({ grant }) => JSON.stringify(grant.caveats ?? {}),
      },
      { title: 'NOTE', text: ({ grant }) => grant.note ?? '-', shrinks: true },
      {
        title: 'REVOCATION ID',
        text: ({ revocationId }) => `${revocationId.slice(0, 16)}…`,
        plain: ({ revocationId }) => revocationId,
      },
    ],
    blocks,
  );
  if (refused !== undefined) return renderError(output, refused);
  const origin = `zone ${zone}, root key ${rootKey}`;
  output.notice(
    verified
      ? `verified: ${origin}`
      : `NOT verified, so it may be forged: it says ${origin}, and there is no data folder ${dir} to ask`,
  );
  return EXIT.ok;
};

/** Why the zone does not take a token; undefined when it does. */
async function refusalOf(
  dir: string,
  token: string,
  { zone, capabilities }: StateReader,
): Promise<KernelError | undefined> {
  try {
    const issuer = openBiscuitIssuer({ keys: openDiskRootKeys({ dir }) });
    const { blocks } = await issuer.verify(token, zone, systemClock.now());
    const revoked = new Set([...capabilities.revokedTokens()].map((each) => each.token));
    if (!blocks.some(({ revocationId }) => revoked.has(revocationId))) return undefined;
    return new KernelError('TokenRevoked', 'the token, or one that it was made from, was revoked');
  } catch (error) {
    if (isKernelError(error) && error.category === 'denied') return error;
    throw error;
  }
}
