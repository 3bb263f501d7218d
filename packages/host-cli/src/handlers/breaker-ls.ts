import type { BreakerView } from '@tksm/abstractions';
import type { Handler } from '../program/invocation.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { printTable } from '../terminal/table.ts';
import { printable } from '../terminal/text-width.ts';
import { isoTime, relative } from '../terminal/times.ts';
import { dataFolder } from '../zone/configuration.ts';
import { look } from '../zone/look.ts';

export const breakerLs: Handler = async (call) => {
  const { flags, output } = call;
  const { state, now } = await look(await dataFolder(call), flags.text('at'));
  const breakers = state.breakers.list();
  if (output.settings.json) {
    output.document({ breakers });
    return EXIT.ok;
  }
  if (breakers.length === 0) output.notice('every breaker is closed, and none saw a failure lately');
  printTable<BreakerView>(
    output,
    [
      { title: 'BREAKER', text: ({ name }) => name },
      {
        title: 'PHASE',
        text: ({ phase }) => phase,
        paint: ({ phase }, { green, yellow, red }) =>
          ({ closed: green, 'half-open': yellow, open: red })[phase],
      },
      { title: 'FAILURES', text: ({ failures }) => String(failures.length), align: 'right' },
      {
        title: 'SINCE',
        text: ({ since }) => (since === 0 ? '-' : relative(since, now)),
        plain: ({ since }) => (since === 0 ? '' : isoTime(since)),
      },
      {
        title: 'NEXT PROBE',
        text: ({ until }) => (until === undefined ? '-' : relative(until, now)),
        plain: ({ until }) => (until === undefined ? '' : isoTime(until)),
      },
      { title: 'WHY', text: ({ reason }) => printable(reason ?? '-'), shrinks: true },
    ],
    breakers,
  );
  return EXIT.ok;
};
