import type { CapabilityRecord, RevokedToken } from '@tksm/abstractions';
import type { Handler } from '../program/invocation.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { printTable } from '../terminal/table.ts';
import { printable } from '../terminal/text-width.ts';
import { isoTime, relative } from '../terminal/times.ts';
import { caveatsText } from '../tokens/caveats-text.ts';
import { usesText } from '../tokens/uses-text.ts';
import { dataFolder } from '../zone/configuration.ts';
import { look } from '../zone/look.ts';

/** A block of a token: its handle, or that it was revoked. */
type Row = CapabilityRecord | RevokedToken;

export const tokenLs: Handler = async (call) => {
  const { flags, output } = call;
  const { state, now } = await look(await dataFolder(call), flags.text('at'));
  const tokens = [...state.capabilities.list()].filter(({ token }) => token !== undefined);
  const revoked = [...state.capabilities.revokedTokens()].filter(
    ({ expiresAt = now + 1 }) => expiresAt > now,
  );
  if (output.settings.json) {
    output.document({ tokens, revoked });
    return EXIT.ok;
  }
  if (tokens.length + revoked.length === 0) output.notice('no token was accepted here, and none is revoked');
  printTable<Row>(
    output,
    [
      {
        title: 'REVOCATION ID',
        text: ({ token = '' }) => `${token.slice(0, 16)}…`,
        plain: ({ token = '' }) => token,
      },
      {
        title: 'STATUS',
        text: (row) => ('rights' in row ? 'live' : 'revoked'),
        paint: (row, { green, red }) => ('rights' in row ? green : red),
      },
      { title: 'RIGHTS', text: (row) => ('rights' in row ? row.rights.join(', ') : '-') },
      {
        title: 'CAVEATS',
        text: (row) => caveatsText(caveatsOf(row), now),
        plain: (row) => JSON.stringify(caveatsOf(row)),
      },
      { title: 'USES', text: (row) => ('rights' in row ? usesText(row) : '-'), align: 'right' },
      { title: 'SINCE', text: ({ time }) => relative(time, now), plain: ({ time }) => isoTime(time) },
      { title: 'NOTE', text: (row) => printable(('note' in row && row.note) || '-'), shrinks: true },
    ],
    [...tokens, ...revoked],
  );
  return EXIT.ok;
};

function caveatsOf(row: Row): NonNullable<CapabilityRecord['caveats']> {
  if ('rights' in row) return row.caveats ?? {};
  return row.expiresAt === undefined ? {} : { expiresAt: row.expiresAt };
}
