import { KernelError } from '@tksm/abstractions';
import type { Handler } from '../program/invocation.ts';
import { optionsFor, projectionNamed } from '../projections/open-projection.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { grouped } from '../terminal/times.ts';
import { dataFolder } from '../zone/configuration.ts';

export const projectionRebuild: Handler = async (call) => {
  const { args, flags, output } = call;
  const projection = projectionNamed(args[0]);
  const options = await optionsFor(await dataFolder(call), output);
  const from = flags.number('from') ?? 0;
  const head = await options.source.head();
  if (from > head) {
    throw new KernelError('MomentInFuture', `${from} is ahead of the log: it has ${head} events`, {
      data: { position: from, events: head },
    });
  }
  const { runner } = await projection.open(options);
  await runner.rebuild(from);
  const { name, version } = projection;
  const progress = await runner.progress();
  if (output.settings.json) output.document({ name, version, ...progress });
  else output.notice(`${name}: ${grouped(progress.position - progress.from)} events read`);
  return EXIT.ok;
};
