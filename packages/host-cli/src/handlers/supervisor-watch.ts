import type { Handler } from '../program/invocation.ts';
import { awaitEnd, reportEnd } from '../supervisors/await-end.ts';
import { findSupervisor } from '../supervisors/find-supervisor.ts';
import { dataFolder } from '../zone/configuration.ts';
import { look } from '../zone/look.ts';
import { withZone } from '../zone/with-zone.ts';

export const supervisorWatch: Handler = async (call) => {
  const { args, output } = call;
  const { state } = await look(await dataFolder(call));
  const { id, ended } = findSupervisor(state, args[0] ?? '');
  if (ended !== undefined) return reportEnd(output, id, ended.why);
  const why = await withZone(call, (use) => {
    output.notice(`${use.holder === undefined ? 'running' : `${use.holder} runs`} supervisor ${id}`);
    return awaitEnd(use, id, state.position);
  });
  return reportEnd(output, id, why);
};
