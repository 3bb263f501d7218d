import type { LadderView } from '@tksm/abstractions';
import type { Handler } from '../program/invocation.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { printTable } from '../terminal/table.ts';
import { printable } from '../terminal/text-width.ts';
import { isoTime, relative } from '../terminal/times.ts';
import { dataFolder } from '../zone/configuration.ts';
import { look } from '../zone/look.ts';

export const ladderLs: Handler = async (call) => {
  const { flags, output } = call;
  const { state, now } = await look(await dataFolder(call), flags.text('at'));
  const kinds = state.ladder.list();
  if (output.settings.json) {
    output.document({ kinds });
    return EXIT.ok;
  }
  if (kinds.length === 0) output.notice('every kind is on the ground');
  printTable<LadderView>(
    output,
    [
      { title: 'KIND', text: ({ kind }) => kind },
      {
        title: 'RUNG',
        text: ({ rung }) => rung,
        paint: ({ rung }, { green, yellow, magenta, red }) =>
          ({ ground: green, demoted: yellow, isolated: magenta, quarantined: red })[rung],
      },
      { title: 'TRIPS', text: ({ trips }) => String(trips.length), align: 'right' },
      {
        title: 'SINCE',
        text: ({ since }) => (since === 0 ? '-' : relative(since, now)),
        plain: ({ since }) => (since === 0 ? '' : isoTime(since)),
      },
      { title: 'BY', text: ({ by }) => by ?? '-' },
      { title: 'WHY', text: ({ reason }) => printable(reason ?? '-'), shrinks: true },
    ],
    kinds,
  );
  return EXIT.ok;
};
