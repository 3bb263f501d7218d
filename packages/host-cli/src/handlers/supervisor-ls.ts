import type { SupervisorRecord } from '@tksm/abstractions';
import type { Handler } from '../program/invocation.ts';
import { restartsText, supervisorPaint, supervisorStatus } from '../supervisors/supervisor-status.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { printTable } from '../terminal/table.ts';
import { isoTime, relative } from '../terminal/times.ts';
import { dataFolder } from '../zone/configuration.ts';
import { look } from '../zone/look.ts';

export const supervisorLs: Handler = async (call) => {
  const { flags, output } = call;
  const { state, now } = await look(await dataFolder(call), flags.text('at'));
  const supervisors = [...state.supervisors.list()].sort((a, b) => (a.id < b.id ? -1 : 1));
  if (output.settings.json) {
    output.document({ supervisors });
    return EXIT.ok;
  }
  if (supervisors.length === 0) output.notice('there are no supervisors');
  printTable<SupervisorRecord>(
    output,
    [
      { title: 'SUPERVISOR', text: ({ id }) => id },
      { title: 'STATUS', text: supervisorStatus, paint: supervisorPaint },
      { title: 'STRATEGY', text: ({ strategy }) => strategy },
      { title: 'RUNNING', text: runningText, align: 'right' },
      { title: 'RESTARTS', text: (supervisor) => restartsText(supervisor, now), align: 'right' },
      {
        title: 'STARTED',
        text: ({ startedAt }) => relative(startedAt, now),
        plain: ({ startedAt }) => isoTime(startedAt),
      },
    ],
    supervisors,
  );
  return EXIT.ok;
};

function runningText({ children }: SupervisorRecord): string {
  return `${children.filter(({ run }) => run !== undefined && run.exited === undefined).length}/${children.length}`;
}
