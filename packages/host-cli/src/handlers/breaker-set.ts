import type { Handler } from '../program/invocation.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { perform } from '../zone/perform.ts';

/** Opens a breaker, or closes it. */
const moveTo =
  (phase: 'open' | 'closed'): Handler =>
  async (call) => {
    const { args, flags, output } = call;
    const [breaker = ''] = args;
    const [reason, forMs] = [flags.text('reason'), flags.number('for')];
    const performed = await perform(call, 'breaker.set', {
      ...{ breaker, phase },
      ...(reason !== undefined && { reason }),
      ...(forMs !== undefined && { forMs }),
    });
    if (performed === undefined) return EXIT.failed;
    if (output.settings.json) output.document(performed.output);
    else output.notice(`${breaker} was ${String(performed.output['before'])}, and is ${phase}`);
    return EXIT.ok;
  };

export const breakerOpen = moveTo('open');
export const breakerClose = moveTo('closed');
