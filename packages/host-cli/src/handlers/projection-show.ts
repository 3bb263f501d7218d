import { openSegmentsReader } from '@tksm/drivers-segments';
import type { Invocation, Handler } from '../program/invocation.ts';
import { optionsFor, projectionNamed } from '../projections/open-projection.ts';
import type { OpenProjection } from '../projections/shown-projection.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { dataFolder } from '../zone/configuration.ts';
import { findMoment } from '../zone/find-moment.ts';
import { logSource } from '../zone/log-source.ts';

export const projectionShow: Handler = async (call) => {
  const { output } = call;
  const { open, now } = await opened(call);
  await open.runner.catchUp();
  if (output.settings.json) {
    const { from, position } = await open.runner.progress();
    output.document({ from, position, ...open.document() });
  } else open.print(output, now);
  return EXIT.ok;
};

async function opened(call: Invocation): Promise<{ readonly open: OpenProjection; readonly now: number }> {
  const { args, flags, output } = call;
  const projection = projectionNamed(args[0]);
  const dir = await dataFolder(call);
  const at = flags.text('at');
  if (at === undefined)
    return { open: await projection.open(await optionsFor(dir, output)), now: Date.now() };
  const log = await openSegmentsReader({ dir });
  const { position, time } = await findMoment(log, at);
  return { open: await projection.open({ source: logSource(log, position) }), now: time };
}
