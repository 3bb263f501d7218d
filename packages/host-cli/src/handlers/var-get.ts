import { KernelError } from '@tksm/abstractions';
import type { VarLayer } from '@tksm/abstractions';
import type { Handler } from '../program/invocation.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { valueText, variableDocument } from '../vars/var-text.ts';
import { dataFolder } from '../zone/configuration.ts';
import { look } from '../zone/look.ts';
import { revealedVariable } from '../zone/revealed.ts';

export const varGet: Handler = async (call) => {
  const { args, flags, output } = call;
  const name = args[0] ?? '';
  const dir = await dataFolder(call);
  const { state } = await look(dir, flags.text('at'));
  const found = state.vars.get(name, flags.text('layer') as VarLayer | undefined);
  if (found === undefined) {
    throw new KernelError('VarNotFound', `there is no variable ${name}`, { data: { name } });
  }
  const variable = await revealedVariable(found, dir, state);
  if (output.settings.json) output.document(variableDocument(variable));
  else output.line(valueText(variable.value));
  return EXIT.ok;
};
