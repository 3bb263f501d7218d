import type { Handler } from '../program/invocation.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { changeVars, conditions } from '../vars/change-vars.ts';

export const varRm: Handler = async (call) => {
  const { args, output } = call;
  const [name = ''] = args;
  const changed = await changeVars(call, 'var.delete', { name, ...conditions(call) });
  if (changed === undefined) return EXIT.failed;
  if (output.settings.json) output.document({ name, position: changed.position });
  else output.notice(`deleted ${name}`);
  return EXIT.ok;
};
