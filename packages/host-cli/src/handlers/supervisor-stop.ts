import type { Handler } from '../program/invocation.ts';
import { steerSupervisor } from '../supervisors/steer-supervisor.ts';

export const supervisorStop: Handler = async (call) => {
  const [supervisor = '', child] = call.args;
  if (child === undefined)
    return await steerSupervisor(call, 'supervisor.stop', { supervisor }, `${supervisor} stops`);
  const done = `child ${child} of ${supervisor} stops`;
  return await steerSupervisor(call, 'supervisor.child.stop', { supervisor, child }, done);
};
