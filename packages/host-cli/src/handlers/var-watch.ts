import { fromStored } from '@tksm/abstractions';
import type { Handler } from '../program/invocation.ts';
import { dataFolder } from '../zone/configuration.ts';
import { endOfStream } from '../zone/end-of-stream.ts';
import { follow } from '../zone/follow.ts';
import { look } from '../zone/look.ts';
import { LayeredNames } from '../vars/layered-names.ts';
import { valueText } from '../vars/var-text.ts';

export const varWatch: Handler = async (call) => {
  const { args, flags, output } = call;
  const [prefix = ''] = args;
  const dir = await dataFolder(call);
  const from = flags.number('from');
  const { log, state } = await look(dir, from === undefined ? undefined : { position: from });
  const names = new LayeredNames(state.vars);
  const end = endOfStream(call);
  output.notice(`watching from position ${state.position}; Ctrl-C ends it`);
  for await (const { event, position } of follow(dir, log, state.position, end.signal)) {
    if (event.type !== 'world.rewritten') continue;
    for (const change of names.apply(event.rewrite)) {
      if (!change.name.startsWith(prefix)) continue;
      if (output.settings.json) await output.stream(`${JSON.stringify({ position, ...change })}\n`);
      else {
        const after =
          change.after === null ? output.style.dim('(deleted)') : valueText(fromStored(change.after));
        await output.stream(`${output.style.dim(String(position))} ${change.name} = ${after}\n`);
      }
    }
  }
  return end.exitCode();
};
