import type { Handler } from '../program/invocation.ts';
import { optionsFor, projectionNamed } from '../projections/open-projection.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { dataFolder } from '../zone/configuration.ts';

export const projectionDrop: Handler = async (call) => {
  const { args, output } = call;
  const { name, open } = projectionNamed(args[0]);
  const { runner } = await open(await optionsFor(await dataFolder(call), output));
  await runner.drop();
  if (output.settings.json) output.document({ dropped: name });
  return EXIT.ok;
};
