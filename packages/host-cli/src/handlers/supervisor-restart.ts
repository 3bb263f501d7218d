import type { Handler } from '../program/invocation.ts';
import { steerSupervisor } from '../supervisors/steer-supervisor.ts';

export const supervisorRestart: Handler = async (call) => {
  const [supervisor = '', child = ''] = call.args;
  const done = `child ${child} of ${supervisor} is started again`;
  return await steerSupervisor(call, 'supervisor.child.restart', { supervisor, child }, done);
};
