import type { Handler } from '../program/invocation.ts';
import { steerSupervisor } from '../supervisors/steer-supervisor.ts';
import { parseJson, readGiven } from '../vars/read-value.ts';

export const supervisorAdd: Handler = async (call) => {
  const [supervisor = '', given = ''] = call.args;
  const child = parseJson(await readGiven(given), 'the child');
  const done = `${supervisor} has the child, and starts it`;
  return await steerSupervisor(call, 'supervisor.child.start', { supervisor, child }, done);
};
