import { optionsFor, PROJECTIONS } from '../projections/open-projection.ts';
import type { Handler } from '../program/invocation.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { printTable } from '../terminal/table.ts';
import { grouped } from '../terminal/times.ts';
import { dataFolder } from '../zone/configuration.ts';

export const projectionLs: Handler = async (call) => {
  const { output } = call;
  const options = await optionsFor(await dataFolder(call), output);
  const projections = await Promise.all(
    PROJECTIONS.map(async ({ name, version, summary, open }) => {
      const { runner } = await open(options);
      return { name, version, summary, ...(await runner.progress()) };
    }),
  );
  if (output.settings.json) {
    output.document({ projections });
    return EXIT.ok;
  }
  printTable(
    output,
    [
      { title: 'NAME', text: ({ name }) => name },
      { title: 'VERSION', text: ({ version }) => String(version), align: 'right' },
      { title: 'FROM', text: ({ from }) => String(from), align: 'right' },
      { title: 'POSITION', text: ({ position }) => String(position), align: 'right' },
      { title: 'LAG', text: ({ lag }) => grouped(lag), plain: ({ lag }) => String(lag), align: 'right' },
      { title: 'WHAT', text: ({ summary }) => summary, shrinks: true },
    ],
    projections,
  );
  return EXIT.ok;
};
