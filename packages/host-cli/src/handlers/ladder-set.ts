import type { Handler } from '../program/invocation.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { perform } from '../zone/perform.ts';

export const ladderSet: Handler = async (call) => {
  const { args, flags, output } = call;
  const [kind = '', rung = ''] = args;
  const reason = flags.text('reason');
  const performed = await perform(call, 'ladder.set', {
    kind,
    rung,
    ...(reason !== undefined && { reason }),
  });
  if (performed === undefined) return EXIT.failed;
  if (output.settings.json) output.document(performed.output);
  else output.notice(`${kind}: from ${String(performed.output['before'])} to ${rung}`);
  return EXIT.ok;
};
