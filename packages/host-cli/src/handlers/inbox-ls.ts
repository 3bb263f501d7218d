import type { MessageRecord } from '@tksm/abstractions';
import type { Handler } from '../program/invocation.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { printTable } from '../terminal/table.ts';
import { isoTime, relative } from '../terminal/times.ts';
import { dataFolder } from '../zone/configuration.ts';
import { jobNamed } from '../zone/job-named.ts';
import { look } from '../zone/look.ts';
import { revealed } from '../zone/revealed.ts';

export const inboxLs: Handler = async (call) => {
  const { args, flags, output } = call;
  const dir = await dataFolder(call);
  const found = await look(dir, flags.text('at'));
  const { state, now } = found;
  const { id, inbox = [] } = await revealed(await jobNamed(found, args[0] ?? ''), dir, state);
  if (output.settings.json) {
    output.document({ job: id, messages: inbox });
    return EXIT.ok;
  }
  if (inbox.length === 0) output.notice('nothing is unread');
  printTable<MessageRecord>(
    output,
    [
      { title: 'MESSAGE', text: ({ position }) => String(position), align: 'right' },
      {
        title: 'SENT',
        text: ({ sentAt }) => relative(sentAt, now),
        plain: ({ sentAt }) => isoTime(sentAt),
      },
      { title: 'FROM', text: ({ from }) => from, shrinks: true },
      { title: 'TOPIC', text: ({ topic }) => topic ?? '' },
      { title: 'BODY', text: ({ body }) => JSON.stringify(body), shrinks: true },
    ],
    inbox,
  );
  return EXIT.ok;
};
