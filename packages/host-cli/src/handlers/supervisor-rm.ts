import type { Handler } from '../program/invocation.ts';
import { steerSupervisor } from '../supervisors/steer-supervisor.ts';

export const supervisorRm: Handler = async (call) => {
  const [supervisor = '', child = ''] = call.args;
  const done = `child ${child} of ${supervisor} is forgotten`;
  return await steerSupervisor(call, 'supervisor.child.delete', { supervisor, child }, done);
};
