import type { AgentView } from '@tksm/abstractions';
import type { Handler } from '../program/invocation.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { printTable } from '../terminal/table.ts';
import { isoTime, relative } from '../terminal/times.ts';
import { dataFolder } from '../zone/configuration.ts';
import { shortNames } from '../zone/job-names.ts';
import { look } from '../zone/look.ts';

export const agentLs: Handler = async (call) => {
  const { flags, output } = call;
  const { state, now } = await look(await dataFolder(call), flags.text('at'));
  const all = [...state.agents.list()];
  const shown = flags.on('all') ? all : all.filter(({ status }) => status === 'live');
  if (output.settings.json) {
    output.document({ agents: shown });
    return EXIT.ok;
  }
  if (shown.length === 0) output.notice('there are no agents');
  const names = shortNames(all);
  printTable<AgentView>(
    output,
    [
      { title: 'AGENT', text: ({ id }) => names.get(id) ?? id, plain: ({ id }) => id },
      { title: 'NAME', text: ({ name }) => name, shrinks: true },
      {
        title: 'STATUS',
        text: ({ status }) => status,
        paint: ({ status }, style) => (status === 'live' ? style.cyan : style.dim),
      },
      { title: 'TASKS', text: ({ openTasks, tasks }) => `${openTasks}/${tasks}`, align: 'right' },
      { title: 'UNREAD', text: ({ inbox }) => String(inbox?.length ?? 0), align: 'right' },
      {
        title: 'PARENT',
        text: ({ parent }) => (parent === undefined ? '' : (names.get(parent) ?? parent)),
        plain: ({ parent }) => parent ?? '',
      },
      {
        title: 'SPAWNED',
        text: ({ time }) => relative(time, now),
        plain: ({ time }) => isoTime(time),
      },
    ],
    shown,
  );
  return EXIT.ok;
};
