import { KernelError } from '@tksm/abstractions';
import { readEvents } from '@tksm/core';
import { openSegmentsReader } from '@tksm/drivers-segments';
import { positionArgument } from '../events/position-argument.ts';
import type { Handler } from '../program/invocation.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { isoTime } from '../terminal/times.ts';
import { dataFolder } from '../zone/configuration.ts';

export const eventShow: Handler = async (call) => {
  const { args, output } = call;
  const position = positionArgument(args[0] ?? '');
  const log = await openSegmentsReader({ dir: await dataFolder(call) });
  for await (const recorded of readEvents(log, position)) {
    if (output.settings.json) output.document(recorded);
    else {
      output.line(`${output.style.dim('position')}  ${recorded.position}`);
      output.line(`${output.style.dim('time')}      ${isoTime(recorded.time)}`);
      output.line(JSON.stringify(recorded.event, undefined, 2));
    }
    return EXIT.ok;
  }
  const head = await log.head();
  throw new KernelError('EventNotFound', `there is no event ${position}: the log has ${head.position}`, {
    data: { position, events: head.position },
  });
};
