import { KernelError } from '@tksm/abstractions';
import type { VarLayer } from '@tksm/abstractions';
import type { Handler } from '../program/invocation.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { valueText, variableDocument } from '../vars/var-text.ts';
import { dataFolder } from '../zone/configuration.ts';
import { look } from '../zone/look.ts';

export const varGet: Handler = async (call) => {
  const { args, flags, output } = call;
  const name = args[0] ?? '';
  const { state } = await look(await dataFolder(call), flags.text('at'));
  const variable = state.vars.get(name, flags.text('layer') as VarLayer | undefined);
  if (variable === undefined) {
    throw new KernelError('VarNotFound', `there is no variable ${name}`, { data: { name } });
  }
  if (output.settings.json) output.document(variableDocument(variable));
  else output.line(valueText(variable.value));
  return EXIT.ok;
};
